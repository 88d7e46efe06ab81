import { assertEquals, assertMatch, assertThrows } from "../harness/assert.ts";
import { medianRatio, percentile, summarise, table, worse } from "./sample.ts";

Deno.test("summarise() takes the middle of an odd and of an even number of samples", () => {
  assertEquals(summarise([3, 1, 2]), { min: 1, median: 2, max: 3 });
  assertEquals(summarise([4, 1, 2, 3]), { min: 1, median: 2.5, max: 4 });
  assertThrows(() => summarise([]), RangeError, "no samples");
});

Deno.test("percentile() takes the nearest rank", () => {
  const samples = Array.from({ length: 200 }, (_, index) => 200 - index);
  assertEquals([percentile(samples, 50), percentile(samples, 99), percentile([7], 99)], [100, 198, 7]);
  assertThrows(() => percentile([], 50), RangeError, "no samples");
});

Deno.test("medianRatio() compares pair by pair", () => {
  assertEquals(medianRatio([1, 20, 300], [2, 40, 100]), 0.5);
});

Deno.test("table() shows a rival beside our figure", () => {
  const summary = { min: 1, median: 2, max: 1234.5 };
  const text = table([
    { figure: "load", unit: "ms", ours: summary, rival: { name: "tar", summary, ratio: 1 } },
    { figure: "help", unit: "ms", ours: summary, budget: "≤ 60" },
  ]);
  assertMatch(text, /load +\| ms +\| 1\.00 \/ 2\.00 \/ 1235 \| +\| tar: 1\.00 \/ 2\.00 \/ 1235 \| 1\.00/);
  assertMatch(text, /help .*≤ 60/);
});

Deno.test("table() shows the binary before beside our figure", () => {
  const summary = { min: 1, median: 2, max: 3 };
  const text = table([
    { figure: "load", unit: "ms", ours: summary, before: { summary, ratio: 1.04 } },
    { figure: "help", unit: "ms", ours: summary },
  ]);
  assertMatch(text, /budget +\| before +\| ours\/before \| rival/);
  assertMatch(text, /load +\|.*\| 1\.00 \/ 2\.00 \/ 3\.00 \| 1\.04 /);
});

Deno.test("worse() names what is slower or larger by more than 5 %, and where fewer bytes pass", () => {
  const summary = { min: 1, median: 2, max: 3 };
  const row = (figure: string, unit: string, ratio: number) => ({
    figure,
    unit,
    ours: summary,
    before: { summary, ratio },
  });
  const rows = [row("a", "ms", 1.04), row("b", "ms", 1.06), row("c", "MB/s", 0.9), row("d", "MB/s", 1.5)];
  assertEquals(worse([...rows, { figure: "e", unit: "ms", ours: summary }]), [
    "worse than before by 6 %: b",
    "worse than before by 11 %: c",
  ]);
});
