/**
 * How rows, sizes and ages look to a person. Pure.
 *
 * @module
 */

/** Rows as aligned columns. */
export function columns(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, at) => Math.max(...rows.map((row) => row[at]?.length ?? 0)));
  return rows.map((row) => row.map((cell, at) => cell.padEnd((widths[at] ?? 0) + 2)).join("").trimEnd());
}

/** Bytes in decimal units with three digits: `204 MB`, `8.45 MB`. */
export function humanSize(bytes: number): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  let value = bytes;
  let unit = 0;
  for (; value >= 999.5 && unit < units.length - 1; unit++) value /= 1000;
  const digits = unit === 0 || value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2;
  return `${value.toFixed(digits)} ${units[unit]}`;
}

/** How long ago, in the largest unit that fits: `3 days`; `-` when nobody knows. */
export function humanAge(time: string | undefined, now: number): string {
  const seconds = time === undefined ? NaN : (now - Date.parse(time)) / 1000;
  // An age of decades means that a reproducible build wrote 1970 or 1980 for "does not matter".
  if (Number.isNaN(seconds) || seconds > 40 * 365 * 86_400) return "-";
  const units: [number, string][] = [[31_536_000, "year"], [2_592_000, "month"], [86_400, "day"], [
    3600,
    "hour",
  ], [
    60,
    "minute",
  ]];
  for (const [length, name] of units) {
    const count = Math.floor(seconds / length);
    if (count >= 1) return `${count} ${name}${count === 1 ? "" : "s"}`;
  }
  return "now";
}
