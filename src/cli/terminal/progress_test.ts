import { assertEquals } from "../../../tests/harness/assert.ts";
import { PullProgress } from "./progress.ts";

Deno.test("PullProgress shows step, amount and total, and takes its line away when it is over", () => {
  const shown: string[] = [];
  {
    using progress = new PullProgress("alpine", (text) => shown.push(text));
    progress.report({ step: "download", done: 2 ** 20, total: 3 * 2 ** 20 });
  }
  assertEquals(shown, ["alpine: download 1.0 of 3.0 MiB", ""]);
});

Deno.test("PullProgress shows nothing more within 100 ms, and no total that nobody knows", () => {
  const shown: string[] = [];
  using progress = new PullProgress("stdin", (text) => shown.push(text));
  progress.report({ step: "unpack", done: 2 ** 19 });
  progress.report({ step: "unpack", done: 2 ** 20 });
  assertEquals(shown, ["stdin: unpack 0.5 MiB"]);
});
