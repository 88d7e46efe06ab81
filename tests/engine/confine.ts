/**
 * The `confine` that the built binary carries, for tests.
 *
 * @module
 */
import { openPayload } from "../../src/payload/payload.ts";
import { BINARY, Home } from "../harness/smolvm.ts";

const home = new Home();
globalThis.addEventListener("unload", () => Deno.removeSync(home.path, { recursive: true }));
const payload = openPayload({ data: home.path, cache: home.path, runtime: home.path }, [BINARY]);

/** Its path. */
export function confine(): Promise<string> {
  return payload.path("confine");
}

/** Version of Landlock's interface in this kernel, 0 when it has none. */
export async function landlockVersion(): Promise<number> {
  const { stdout } = await new Deno.Command(await confine(), { args: ["landlock"] }).output();
  return Number(new TextDecoder().decode(stdout));
}
