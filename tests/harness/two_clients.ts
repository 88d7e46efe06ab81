/**
 * One command line by the client before the runtime (src/start/client.c), and by the runtime.
 *
 * @module
 */
import { assertEquals } from "./assert.ts";
import type { Home } from "./smolvm.ts";

/** How a line of a shell ended: code, stdout and stderr. */
export type LineEnd = readonly [number, string, string];

/**
 * Holds that lines of a shell, in which `$S` is smolvm and `$B` two words, end alike by both.
 *
 * @returns the ends
 */
export async function assertEndAlike(home: Home, lines: readonly string[]): Promise<LineEnd[]> {
  const end = async (line: string, native: "on" | "off"): Promise<LineEnd> => {
    const env = { ...home.env(), S: home.binary, B: "a b", SMOLVM_NATIVE: native };
    const { code, stdout, stderr } = await new Deno.Command("sh", { args: ["-c", line], env }).output();
    return [code, new TextDecoder().decode(stdout), new TextDecoder().decode(stderr)];
  };
  const ends: LineEnd[] = [];
  for (const line of lines) {
    const one = await end(line, "on");
    assertEquals(one, await end(line, "off"), line);
    ends.push(one);
  }
  return ends;
}
