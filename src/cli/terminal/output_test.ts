import { assertEquals } from "../../../tests/harness/assert.ts";

async function output(script: string): Promise<[string, string]> {
  const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["eval", `import * as o from "${new URL("./output.ts", import.meta.url)}"; ${script}`],
  }).output();
  return [new TextDecoder().decode(stdout), new TextDecoder().decode(stderr)];
}

Deno.test("results go to stdout, words to stderr, and what only a person reads nowhere but to a terminal", async () => {
  const script =
    `o.progress("half"); o.notice("hint"); o.warn("it failed"); o.writeLine("done"); o.writeJson([1])`;
  assertEquals(await output(script), ["done\n[\n  1\n]\n", "smolvm: it failed\n"]);
});
