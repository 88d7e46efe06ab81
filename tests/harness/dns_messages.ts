/**
 * Makes DNS messages for tests, by an encoder that has nothing of the one under test; names of records are
 * pointers to the question's where they can be, as real servers write them.
 *
 * @module
 */

/** A record of an answer; its owner is the question's name unless said otherwise. */
export interface MadeRecord {
  readonly type: number;
  readonly data: readonly number[];
  readonly ttl?: number;
  readonly name?: string;
}

/** What a message is made of. */
export interface MadeMessage {
  readonly id?: number;
  readonly flags?: number;
  readonly name?: string;
  readonly type?: number;
  readonly class?: number;
  readonly answers?: readonly MadeRecord[];
  readonly authority?: readonly MadeRecord[];
  /** UDP size of an OPT record, and its flags. */
  readonly edns?: { readonly size: number; readonly flags?: number };
  readonly additional?: readonly MadeRecord[];
}

const two = (value: number): number[] => [value >> 8 & 255, value & 255];

/** A name in labels. */
export function labels(name: string): number[] {
  const bytes = new TextEncoder();
  const parts = name === "" ? [] : name.split(".");
  return [...parts.flatMap((part) => [part.length, ...bytes.encode(part)]), 0];
}

/** Data of an A or AAAA record, an IPv6 address written in full. */
export function address(text: string): number[] {
  if (!text.includes(":")) return text.split(".").map(Number);
  return text.split(":").flatMap((group) => two(parseInt(group, 16)));
}

/** The message: a query unless its flags say otherwise. */
export function message(made: MadeMessage): Uint8Array {
  const name = made.name ?? "a.example";
  const record = (own: MadeRecord): number[] => [
    ...(own.name === undefined ? [0xc0, 12] : labels(own.name)),
    ...two(own.type),
    ...two(1),
    ...two((own.ttl ?? 300) >>> 16),
    ...two((own.ttl ?? 300) & 0xffff),
    ...two(own.data.length),
    ...own.data,
  ];
  const { edns } = made;
  const opt = edns ? [0, 0, 41, ...two(edns.size), 0, 0, ...two(edns.flags ?? 0), 0, 0] : [];
  return Uint8Array.from([
    ...two(made.id ?? 7),
    ...two(made.flags ?? 0x0100),
    ...two(1),
    ...two(made.answers?.length ?? 0),
    ...two(made.authority?.length ?? 0),
    ...two((made.additional?.length ?? 0) + (edns ? 1 : 0)),
    ...labels(name),
    ...two(made.type ?? 1),
    ...two(made.class ?? 1),
    ...(made.answers ?? []).flatMap(record),
    ...(made.authority ?? []).flatMap(record),
    ...(made.additional ?? []).flatMap(record),
    ...opt,
  ]);
}
