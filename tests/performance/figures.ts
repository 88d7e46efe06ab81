/**
 * Figures of one run in a file (`deno task bench --json FILE`), and the ratios of another run's to them (`--compare
 * FILE`). Pure. The file's form has a version; figures of two machines, or of one that is busy, tell nothing.
 *
 * @module
 */
import * as v from "valibot";
import type { Row, Summary } from "./sample.ts";

const count = v.pipe(v.number(), v.finite());
const summary = v.strictObject({ min: count, median: count, max: count });

const form = v.strictObject({
  version: v.literal(1),
  /** When the run ended, ISO 8601. */
  date: v.pipe(v.string(), v.isoTimestamp()),
  smolvm: v.pipe(v.string(), v.maxLength(100)),
  processors: v.pipe(v.number(), v.integer(), v.minValue(1)),
  rows: v.pipe(
    v.array(v.strictObject({ figure: v.string(), unit: v.string(), ours: summary })),
    v.maxLength(1000),
  ),
});

/** What such a file holds. */
export type Figures = v.InferOutput<typeof form>;

/** Of what the figures are. */
export type Taken = Pick<Figures, "date" | "smolvm" | "processors">;

/** The file's text. A figure that could not be taken (NaN) is left out: JSON has none. */
export function encodeFigures(rows: readonly Row[], taken: Taken): string {
  const had = rows.filter(({ ours }) => Number.isFinite(ours.median));
  const figures: Figures = {
    version: 1,
    ...taken,
    rows: had.map(({ figure, unit, ours }) => ({ figure, unit, ours })),
  };
  return `${JSON.stringify(figures, undefined, 2)}\n`;
}

/**
 * Reads such a file.
 *
 * @throws {Error} in one line when it is none, or of another version
 */
export function decodeFigures(text: string, path: string): Figures {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new Error(`cannot compare with ${path}: it is no JSON; write one with deno task bench --json`, {
      cause,
    });
  }
  const judged = v.safeParse(form, value);
  if (judged.success) return judged.output;
  const [issue] = judged.issues;
  throw new Error(`cannot compare with ${path}: ${v.getDotPath(issue) ?? "the file"}: ${issue.message}`);
}

/** A line for each figure of either run: both medians, and the ratio of this run's to the file's. */
export function compareFigures(rows: readonly Row[], earlier: Figures): string[] {
  const before = new Map(earlier.rows.map((row) => [row.figure, row]));
  const lines = rows.map(({ figure, unit, ours }) => {
    const was = before.get(figure);
    before.delete(figure);
    if (!Number.isFinite(ours.median)) return `${figure}: could not be taken now`;
    if (!was || was.unit !== unit) return `${figure}: ${told(ours, unit)}; not in the file`;
    const better = unit === "MB/s" ? ", more is better" : "";
    const ratio = was.ours.median === 0 ? "no ratio to 0" : (ours.median / was.ours.median).toFixed(2);
    return `${figure}: ${told(was.ours, unit)} before, ${told(ours, unit)} now, ${ratio}${better}`;
  });
  return [...lines, ...[...before.keys()].map((figure) => `${figure}: in the file only`)];
}

function told({ median }: Summary, unit: string): string {
  return `${median >= 100 ? median.toFixed(0) : median.toPrecision(3)} ${unit}`;
}
