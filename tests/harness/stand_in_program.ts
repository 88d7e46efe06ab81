/**
 * Programs that stand in for others: scripts of a shell, gone when the tests of a file are over.
 *
 * @module
 */
import { removeIfThere } from "../../src/files/remove_if_there.ts";

/** Makes a program. @param script what it does @returns its path, in a folder of its own */
export function standInProgram(name: string, script: string): string {
  const folder = Deno.makeTempDirSync({ prefix: "smolvm-program-" });
  globalThis.addEventListener("unload", () => removeIfThere(folder, { recursive: true }));
  Deno.writeTextFileSync(`${folder}/${name}`, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  return `${folder}/${name}`;
}
