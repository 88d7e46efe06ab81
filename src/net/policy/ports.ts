/**
 * The ports of a rule: `443`, `80,443`, `8000-8100`, and all of them together. Pure.
 *
 * @module
 */

/** From one port to another, both included. */
export interface PortRange {
  readonly first: number;
  readonly last: number;
}

/** The ports of a rule; none: every port. */
export type Ports = readonly PortRange[];

/** Why words are no ports, as a clause. */
export class PortsError extends Error {
  override readonly name = "PortsError";
}

/**
 * Reads ports; ranges that touch become one, so that each set of ports has one text.
 *
 * @throws {PortsError}
 */
export function parseRulePorts(text: string): Ports {
  const found = text.split(",").map((word) => {
    const [, first, last = first] = /^(\d{1,6})(?:-(\d{1,6}))?$/.exec(word) ?? [];
    if (first === undefined || last === undefined) {
      throw new PortsError(word === "" ? "a port is missing" : `${JSON.stringify(word)} is no port`);
    }
    const range = { first: Number(first), last: Number(last) };
    for (const port of [range.first, range.last]) {
      if (port < 1 || port > 65_535) throw new PortsError(`there is no port ${port}`);
    }
    if (range.first > range.last) throw new PortsError(`${word} runs backwards`);
    return range;
  });
  const merged: PortRange[] = [];
  for (const range of found.toSorted((one, other) => one.first - other.first)) {
    const before = merged.at(-1);
    if (before && range.first <= before.last + 1) {
      merged[merged.length - 1] = { first: before.first, last: Math.max(before.last, range.last) };
    } else merged.push(range);
  }
  return merged;
}

/** `80,443,8000-8100`; empty for every port. */
export function portsText(ports: Ports): string {
  return ports.map(({ first, last }) => first === last ? `${first}` : `${first}-${last}`).join(",");
}

/** Whether ports have one. Where ports are named, what has none (ICMP, 0) is not among them. */
export function hasPort(ports: Ports, port: number): boolean {
  return ports.length === 0 || ports.some(({ first, last }) => port >= first && port <= last);
}
