import { assertEquals, assertRejects } from "../../tests/harness/assert.ts";
import { run, runStep, type Step } from "./step.ts";

/** Where a test's files are. */
type At = (name: string) => string;

/** Runs a test with an empty folder, by whole paths: tests that run side by side share a working folder. */
async function inFolder(test: (at: At) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await test((name) => `${folder}/${name}`);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** A step that makes `out` from the folder `in`, and how often it ran. */
function countedStep(at: At): { step: Step; runs: () => number } {
  let runs = 0;
  const make = (output: string) => Deno.writeTextFile(output, `made ${++runs}`);
  return { step: { output: at("out"), inputs: [at("in")], make }, runs: () => runs };
}

Deno.test("runStep() runs again when an input changed, came or went, or the output is gone", () =>
  inFolder(async (at) => {
    await Deno.mkdir(at("in/deep"), { recursive: true });
    await Deno.writeTextFile(at("in/deep/a.ts"), "1");
    const { step, runs } = countedStep(at);
    const changes: (() => Promise<void>)[] = [
      () => Promise.resolve(),
      () => Deno.writeTextFile(at("in/deep/a.ts"), "2"),
      () => Deno.writeTextFile(at("in/b.ts"), ""),
      () => Deno.remove(at("in/b.ts")),
      () => Deno.remove(at("out")),
    ];
    for (const [index, change] of changes.entries()) {
      await change();
      await runStep(step, at("work"));
      await runStep(step, at("work"));
      assertEquals(runs(), index + 1);
    }
    await runStep({ ...step, salt: "other" }, at("work"));
    assertEquals(runs(), changes.length + 1);
  }));

Deno.test("runStep() does not run for a test file, which makes no part of any output", () =>
  inFolder(async (at) => {
    await Deno.mkdir(at("in"));
    const { step, runs } = countedStep(at);
    await runStep(step, at("work"));
    await Deno.writeTextFile(at("in/a_test.ts"), "");
    await runStep(step, at("work"));
    assertEquals(runs(), 1);
  }));

Deno.test("runStep() keeps the old output when a step fails, and runs it again", () =>
  inFolder(async (at) => {
    await Deno.mkdir(at("in"));
    const { step, runs } = countedStep(at);
    await runStep(step, at("work"));
    await Deno.writeTextFile(at("in/a.ts"), "");
    const failing: Step = {
      ...step,
      make: async (output) => {
        await Deno.writeTextFile(output, "half");
        throw new Error("no space");
      },
    };
    await assertRejects(() => runStep(failing, at("work")), Error, "no space");
    assertEquals(await Deno.readTextFile(at("out")), "made 1");
    await runStep(step, at("work"));
    assertEquals([await Deno.readTextFile(at("out")), runs()], ["made 2", 2]);
  }));

Deno.test("run() shows what a failing command said", async () => {
  await assertRejects(
    () => run("sh", ["-c", "echo to stdout; echo to stderr >&2; exit 3"]),
    Error,
    "to stderr",
  );
  await run("true", []);
});
