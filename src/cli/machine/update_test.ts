import { assertEquals, assertRejects } from "../../../tests/harness/assert.ts";
import type { MachineChange } from "../../actions/update_machine.ts";
import { SmolvmError } from "../../error.ts";
import { updateCommand } from "./update.ts";

/** What the command is to do. */
async function read(...words: string[]): Promise<unknown> {
  let seen: unknown;
  const act = (names: readonly string[], change: MachineChange) => {
    seen = [names, change];
    return Promise.resolve();
  };
  await updateCommand(act).exitOverride().parseAsync(words, { from: "user" });
  return seen;
}

Deno.test("update reads what is given, and nothing else", async () => {
  assertEquals(await read("web", "--mem", "1g"), [["web"], { memoryMiB: 1024 }]);
  assertEquals(await read("-m", "256m", "a", "b"), [["a", "b"], { memoryMiB: 256 }]);
  assertEquals(await read("web", "--cpus", "1", "--disk", "40G", "--engine", "qemu"), [
    ["web"],
    { cpus: 1, diskBytes: 40 * 2 ** 30, engine: "qemu" },
  ]);
  assertEquals(await read("web", "--restart", "no", "-l", "a=1", "--label-rm", "b", "--label-rm", "c"), [
    ["web"],
    { restart: "no", labels: { a: "1" }, labelsGone: ["b", "c"] },
  ]);
});

Deno.test("update refuses nothing to change, and values that are none", async () => {
  await assertRejects(() => read("web"), SmolvmError, "nothing is said that is to change");
  await assertRejects(() => read("web", "--mem", "0"), SmolvmError, "--mem");
  await assertRejects(() => read("web", "--cpus", "two"), SmolvmError, "--cpus");
  await assertRejects(() => read("web", "--restart", "maybe"), SmolvmError, "--restart");
  await assertRejects(() => read("web", "-l", "=x"), SmolvmError, "it has no name");
});
