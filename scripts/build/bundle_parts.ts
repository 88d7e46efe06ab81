/**
 * Names the parts of a split bundle by the order in which they refer to each other, so that the same sources have the
 * same names on every machine. Pure.
 *
 * @module
 */

/** A part's text, and its name in all of them. */
export interface RenamedPart {
  readonly text: string;
  readonly renamed: string;
}

/** How a part refers to another one, in an import of either kind. */
const REFERENCE = /(["'])\.\/([\w.-]+\.js)\1/g;

/**
 * Renames the parts to `part-1.js` and so on; the first keeps its name.
 *
 * @param texts by name
 * @param first the part that is begun with
 * @returns by the names of before; what nothing refers to is left out
 */
export function renameParts(texts: ReadonlyMap<string, string>, first: string): Map<string, RenamedPart> {
  const order = [first];
  for (const name of order) {
    for (const [, , other = ""] of (texts.get(name) ?? "").matchAll(REFERENCE)) {
      if (texts.has(other) && !order.includes(other)) order.push(other);
    }
  }
  const nameOf = (name: string): string => name === first ? first : `part-${order.indexOf(name)}.js`;
  return new Map(order.map((name) => {
    const text = (texts.get(name) ?? "").replaceAll(
      REFERENCE,
      (all, quote, other) => order.includes(other) ? `${quote}./${nameOf(other)}${quote}` : all,
    );
    return [name, { text, renamed: nameOf(name) }];
  }));
}
