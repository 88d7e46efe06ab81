/**
 * Figures and what they are to be, as lines. Pure.
 *
 * @module
 */

/** A figure with its limit, on one side. */
export interface Check {
  readonly what: string;
  /** `undefined`: it was not measured. */
  readonly found: number | undefined;
  readonly least?: number;
  readonly most?: number;
}

/** A line for each: whether it is reached, the figure, the limit. */
export function checkLines(checks: readonly Check[]): string[] {
  return checks.map(({ what, found, least, most }) => {
    const limit = least === undefined ? `at most ${most}` : `at least ${least}`;
    if (found === undefined) return `not measured   ${what} (${limit})`;
    const reached = found >= (least ?? -Infinity) && found <= (most ?? Infinity);
    return `${reached ? "reached    " : "NOT reached"}    ${what}: ${
      Number(found.toPrecision(3))
    } (${limit})`;
  });
}
