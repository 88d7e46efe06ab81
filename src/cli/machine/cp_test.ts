import { assertEquals, assertMatch, assertThrows } from "../../../tests/harness/assert.ts";
import { CommandLine } from "../../../tests/harness/command_line.ts";
import { SmolvmError } from "../../error.ts";
import { readWords } from "./cp.ts";

Deno.test("cp wants exactly one side in a machine", async () => {
  using cli = new CommandLine();
  assertMatch(
    (await cli.run("cp a b"))[2],
    /^smolvm: cannot copy a to b: neither is in a machine; write NAME:PATH/,
  );
  assertMatch((await cli.run("cp a:/x b:/y"))[2], /both are in machines; copy through a pipe/);
  assertMatch(
    (await cli.run("cp /etc/hostname nobody:/x"))[2],
    /cannot find the machine nobody: there is none/,
  );
  assertEquals(readWords(["-", "web:/x"]).map(({ at }) => at), ["stream", "guest"]);
  assertThrows(() => readWords(["", "web:/x"]), SmolvmError, "a path is empty");
});
