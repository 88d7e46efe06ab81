/**
 * Samples of one figure, and what a table says of them. Pure.
 *
 * @module
 */

/** Smallest, middle and largest of some samples, in their own unit. */
export interface Summary {
  readonly min: number;
  readonly median: number;
  readonly max: number;
}

/**
 * Summarises samples.
 *
 * @throws {RangeError} when there are none
 */
export function summarise(samples: readonly number[]): Summary {
  const sorted = samples.toSorted((a, b) => a - b);
  const [min, max] = [sorted.at(0), sorted.at(-1)];
  if (min === undefined || max === undefined) throw new RangeError("Cannot summarise: no samples");
  const middle = sorted.length / 2;
  const low = sorted[Math.ceil(middle) - 1] ?? min;
  const high = sorted[Math.floor(middle)] ?? max;
  return { min, median: (low + high) / 2, max };
}

/**
 * The sample that so many per cent do not exceed (nearest rank).
 *
 * @throws {RangeError} when there are none
 */
export function percentile(samples: readonly number[], percent: number): number {
  const sorted = samples.toSorted((a, b) => a - b);
  const found = sorted[Math.max(Math.ceil(sorted.length * percent / 100) - 1, 0)];
  if (found === undefined) throw new RangeError("Cannot take a percentile: no samples");
  return found;
}

/**
 * The middle of the ratios ours/theirs of interleaved runs, pair by pair, so that a machine whose speed
 * drifts does not decide.
 *
 * @throws {RangeError} when there are no pairs
 */
export function medianRatio(ours: readonly number[], theirs: readonly number[]): number {
  const ratios = ours.slice(0, theirs.length).map((value, index) => value / (theirs[index] ?? Number.NaN));
  return summarise(ratios).median;
}

/** One row of the table. */
export interface Row {
  readonly figure: string;
  readonly unit: string;
  readonly ours: Summary;
  /** The limit of the design's budget, in words: `≤ 3000`. */
  readonly budget?: string;
  /** The binary that this one is compared with, and the middle of ours/before. */
  readonly before?: { readonly summary: Summary; readonly ratio: number };
  readonly rival?: { readonly name: string; readonly summary: Summary; readonly ratio: number };
}

/** What a figure may be worse than before, as a share. */
const TOLERATED = 0.05;

/** A line for each figure that is worse than before by more than 5 %: slower or larger, or fewer MB/s. */
export function worse(rows: readonly Row[]): string[] {
  return rows.flatMap(({ figure, unit, before }) => {
    if (!before) return [];
    const loss = unit === "MB/s" ? 1 / before.ratio - 1 : before.ratio - 1;
    return loss > TOLERATED ? [`worse than before by ${(loss * 100).toFixed(0)} %: ${figure}`] : [];
  });
}

/** Lays rows out as a Markdown table; the columns of the binary before are there when a row has them. */
export function table(rows: readonly Row[]): string {
  const compared = rows.some(({ before }) => before);
  const cells = rows.map((row) => [
    row.figure,
    row.unit,
    spread(row.ours),
    row.budget ?? "",
    ...compared ? [row.before ? spread(row.before.summary) : "", row.before?.ratio.toFixed(2) ?? ""] : [],
    row.rival ? `${row.rival.name}: ${spread(row.rival.summary)}` : "",
    row.rival ? row.rival.ratio.toFixed(2) : "",
  ]);
  const head = ["figure", "unit", "min / median / max", "budget"];
  head.push(...compared ? ["before", "ours/before"] : [], "rival", "ratio");
  const widths = head.map((title, column) =>
    Math.max(title.length, ...cells.map((line) => line[column]?.length ?? 0))
  );
  const line = (words: readonly string[]) =>
    `| ${words.map((word, column) => word.padEnd(widths[column] ?? 0)).join(" | ")} |`;
  return [line(head), `|${widths.map((width) => "-".repeat(width + 2)).join("|")}|`, ...cells.map(line)].join(
    "\n",
  );
}

function spread(summary: Summary): string {
  return [summary.min, summary.median, summary.max].map(figure).join(" / ");
}

/** Three significant digits, without an exponent. */
function figure(value: number): string {
  return value >= 100 ? value.toFixed(0) : value.toPrecision(3);
}
