import { assertEquals, assertThrows } from "../harness/assert.ts";
import { compareFigures, decodeFigures, encodeFigures } from "./figures.ts";
import type { Row } from "./sample.ts";

const taken = { date: "2026-11-26T02:00:00.000Z", smolvm: "smolvm 0.1.0", processors: 2 };

function row(figure: string, median: number, unit = "ms"): Row {
  return { figure, unit, ours: { min: median, median, max: median } };
}

Deno.test("encodeFigures() writes what decodeFigures() reads, without figures that could not be taken", () => {
  const figures = decodeFigures(encodeFigures([row("run", 1400), row("passt", Number.NaN)], taken), "f.json");
  assertEquals(figures, {
    version: 1,
    ...taken,
    rows: [{ figure: "run", unit: "ms", ours: { min: 1400, median: 1400, max: 1400 } }],
  });
});

Deno.test("decodeFigures() says in a line what is no file of figures", () => {
  assertThrows(() => decodeFigures("table", "f"), Error, "cannot compare with f: it is no JSON");
  assertThrows(() => decodeFigures('{"version":2}', "f"), Error, "cannot compare with f: version: ");
  assertThrows(() => decodeFigures("null", "f"), Error, "cannot compare with f: the file: ");
});

Deno.test("compareFigures() tells ratios, and what one of the runs lacks", () => {
  const earlier = decodeFigures(
    encodeFigures([row("run", 1400), row("out", 100, "MB/s"), row("gone", 1)], taken),
    "f",
  );
  assertEquals(compareFigures([row("run", 700), row("out", 150, "MB/s"), row("new", 3)], earlier), [
    "run: 1400 ms before, 700 ms now, 0.50",
    "out: 100 MB/s before, 150 MB/s now, 1.50, more is better",
    "new: 3.00 ms; not in the file",
    "gone: in the file only",
  ]);
});

Deno.test("compareFigures() divides by no 0, and tells what could not be taken", () => {
  const earlier = decodeFigures(encodeFigures([row("idle", 0, "%"), row("passt", 5)], taken), "f");
  assertEquals(compareFigures([row("idle", 0.4, "%"), row("passt", Number.NaN)], earlier), [
    "idle: 0.00 % before, 0.400 % now, no ratio to 0",
    "passt: could not be taken now",
  ]);
});
