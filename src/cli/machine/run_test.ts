import { assertEquals, assertRejects } from "../../../tests/harness/assert.ts";
import type { RunWish } from "../../actions/run_reference.ts";
import { SmolvmError } from "../../error.ts";
import type { SessionOptions } from "../options/program_options.ts";
import { runCommand } from "./run.ts";

async function wishOf(...words: string[]): Promise<[RunWish, SessionOptions] | undefined> {
  let wished: [RunWish, SessionOptions] | undefined;
  const before = Deno.exitCode;
  await runCommand((...wish) => {
    wished = wish;
    return Promise.resolve(0);
  }).parseAsync(words, { from: "user" });
  Deno.exitCode = before;
  return wished;
}

Deno.test("run reads its options up to the image, and leaves the rest to the command", async () => {
  const [wish, streams] = await wishOf("-it", "--mem", "256", "--timeout", "2s", "alpine", "ls", "--mem") ??
    [];
  assertEquals([wish?.image.name.text, wish?.image.process, wish?.memoryMiB, wish?.timeoutMilliseconds], [
    "alpine",
    { command: ["ls", "--mem"], env: [] },
    256,
    2_000,
  ]);
  assertEquals([streams?.interactive, streams?.tty], [true, true]);
  assertEquals([wish?.image.options, wish?.engine, wish?.hostname], [undefined, undefined, undefined]);
});

Deno.test("run refuses a bad value before it runs anything", async () => {
  for (const words of [["--mem", "lots"], ["--engine", "kvm"], ["--hostname", "-"], ["--pull", "soon"]]) {
    const error = await assertRejects(
      () => wishOf(...words, "alpine"),
      SmolvmError,
      `cannot use ${words[0]}`,
    );
    assertEquals(error.kind, "usage");
  }
});
