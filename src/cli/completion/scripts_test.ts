import { assertEquals } from "../../../tests/harness/assert.ts";
import { completionScript } from "./scripts.ts";

Deno.test("completionScript() names smolvm's path in the words of each shell", () => {
  const path = String.raw`/it's \here/smolvm`;
  const line = (shell: "bash" | "zsh" | "fish"): string | undefined =>
    completionScript(shell, path).split("\n").find((one) => one.includes("here"))?.split("program")[2];
  assertEquals(line("bash"), String.raw`='/it'\''s \here/smolvm'`);
  assertEquals(line("zsh"), String.raw`='/it'\''s \here/smolvm'`);
  assertEquals(line("fish"), String.raw` '/it\'s \\here/smolvm'`);
});
