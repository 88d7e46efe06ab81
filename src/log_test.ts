import { assertEquals, assertMatch } from "../tests/harness/assert.ts";

/** What a process that logs one step writes to stderr. */
async function logged(level: string): Promise<string> {
  const program = `
    import { debug, debugEnabled } from ${JSON.stringify(import.meta.resolve("./log.ts"))};
    debug("agent ready", { ms: 3, name: "a b" });
    debug(String(debugEnabled()));`;
  const { stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["eval", "--quiet", program],
    env: { SMOLVM_LOG: level, NO_COLOR: "1" },
  }).output();
  return new TextDecoder().decode(stderr);
}

Deno.test("debug() writes a line with the time and the facts when SMOLVM_LOG=debug", async () => {
  assertMatch(await logged("debug"), /^\+\d+\.\dms agent ready ms=3 name="a b"\n\+\d+\.\dms true\n$/);
});

Deno.test("debug() is silent otherwise", async () => {
  assertEquals(await logged(""), "");
});
