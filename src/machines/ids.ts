/**
 * Ids of runs, machines and containers.
 *
 * @module
 */

/** A new id: 12 random hex digits, short enough to type and to name a socket with. */
export function newId(): string {
  return crypto.getRandomValues(new Uint8Array(6)).toHex();
}
