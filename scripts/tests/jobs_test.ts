import { assertEquals, assertTrue } from "../../tests/harness/assert.ts";
import { Progress, runJobs } from "./jobs.ts";

Deno.test("runJobs() runs so many at a time, in order, and answers in the order of the jobs", async () => {
  let [running, most] = [0, 0];
  const begun: number[] = [];
  const ends = await runJobs([5, 1, 1, 1], 2, async (milliseconds) => {
    begun.push(milliseconds);
    most = Math.max(most, ++running);
    await new Promise((resolve) => setTimeout(resolve, milliseconds));
    running--;
    return milliseconds * 2;
  });
  assertEquals(ends, [10, 2, 2, 2]);
  assertEquals([begun, most], [[5, 1, 1, 1], 2]);
});

Deno.test("Progress shows a job's output whole, when the job ends", () => {
  const lines: string[] = [];
  const progress = new Progress(2, (text) => lines.push(text));
  const job = { suite: "qemu", file: "a_test.ts" } as const;
  progress.begin(job);
  progress.begin({ ...job, file: "b_test.ts" });
  progress.end(
    job,
    { results: [{ name: "t", passed: true, seconds: 1 }], whole: false, seconds: 2 },
    "out\n",
  );
  assertEquals(lines.slice(0, 2), ["# 1/2 qemu: a_test.ts", "# 2/2 qemu: b_test.ts"]);
  assertTrue(lines[2] === "# ended qemu: a_test.ts (1 passed, 0 failed, cut off, 2.0 s)\nout");
});
