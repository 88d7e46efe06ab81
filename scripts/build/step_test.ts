import { assertEquals, assertRejects } from "../../tests/harness/assert.ts";
import { run, runStep, type Step } from "./step.ts";

/** Runs a test in an empty folder, because steps name their files from the project's root. */
async function inFolder(test: () => Promise<void>): Promise<void> {
  const [before, folder] = [Deno.cwd(), await Deno.makeTempDir()];
  Deno.chdir(folder);
  try {
    await test();
  } finally {
    Deno.chdir(before);
    await Deno.remove(folder, { recursive: true });
  }
}

/** A step that makes `out` from the folder `in`, and how often it ran. */
function countedStep(): { step: Step; runs: () => number } {
  let runs = 0;
  const make = (output: string) => Deno.writeTextFile(output, `made ${++runs}`);
  return { step: { output: "out", inputs: ["in"], make }, runs: () => runs };
}

Deno.test("runStep() runs again when an input changed, came or went, or the output is gone", () =>
  inFolder(async () => {
    await Deno.mkdir("in/deep", { recursive: true });
    await Deno.writeTextFile("in/deep/a.ts", "1");
    const { step, runs } = countedStep();
    const changes: (() => Promise<void>)[] = [
      () => Promise.resolve(),
      () => Deno.writeTextFile("in/deep/a.ts", "2"),
      () => Deno.writeTextFile("in/b.ts", ""),
      () => Deno.remove("in/b.ts"),
      () => Deno.remove("out"),
    ];
    for (const [index, change] of changes.entries()) {
      await change();
      await runStep(step);
      await runStep(step);
      assertEquals(runs(), index + 1);
    }
    await runStep({ ...step, salt: "other" });
    assertEquals(runs(), changes.length + 1);
  }));

Deno.test("runStep() does not run for a test file, which makes no part of any output", () =>
  inFolder(async () => {
    await Deno.mkdir("in");
    const { step, runs } = countedStep();
    await runStep(step);
    await Deno.writeTextFile("in/a_test.ts", "");
    await runStep(step);
    assertEquals(runs(), 1);
  }));

Deno.test("runStep() keeps the old output when a step fails, and runs it again", () =>
  inFolder(async () => {
    await Deno.mkdir("in");
    const { step, runs } = countedStep();
    await runStep(step);
    await Deno.writeTextFile("in/a.ts", "");
    const failing: Step = {
      ...step,
      make: async (output) => {
        await Deno.writeTextFile(output, "half");
        throw new Error("no space");
      },
    };
    await assertRejects(() => runStep(failing), Error, "no space");
    assertEquals(await Deno.readTextFile("out"), "made 1");
    await runStep(step);
    assertEquals([await Deno.readTextFile("out"), runs()], ["made 2", 2]);
  }));

Deno.test("run() shows what a failing command said", async () => {
  await assertRejects(
    () => run("sh", ["-c", "echo to stdout; echo to stderr >&2; exit 3"]),
    Error,
    "to stderr",
  );
  await run("true", []);
});
