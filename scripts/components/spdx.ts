/**
 * SPDX licence expressions: which licences one names, and the standard text of each. Pure.
 *
 * @module
 */
import parse from "spdx-expression-parse";
import list from "spdx-license-list/full.js";

type Expression = ReturnType<typeof parse>;

/** Licences that an expression names, each once. @throws {TypeError} when it is no SPDX expression */
export function licencesOf(expression: string): string[] {
  let parsed: Expression;
  try {
    parsed = parse(expression);
  } catch (cause) {
    throw new TypeError(`Cannot use licence ${expression}: it is no SPDX expression`, { cause });
  }
  return [...new Set(leaves(parsed))];
}

/** A licence's standard text, or none: SPDX has one for each licence of its list, and for no LicenseRef. */
export function standardText(licence: string): string | undefined {
  return list[licence]?.licenseText;
}

/** What a crate's manifest says as an expression: older ones write a slash for OR (Cargo book, "license"). */
export function fromManifest(licence: string | null, name: string): string {
  return licence === null ? `LicenseRef-${name}` : licence.replaceAll(/\s*\/\s*/g, " OR ");
}

function leaves(expression: Expression): string[] {
  if ("conjunction" in expression) return [...leaves(expression.left), ...leaves(expression.right)];
  return [expression.license];
}
