/**
 * Names of machines and containers, for who completes a word: read as they lie there, without the repairs that
 * records.ts makes, and without its locks.
 *
 * @module
 */
import { join } from "node:path";
import type { Paths } from "../host/paths.ts";
import { readRows } from "../host/read_rows.ts";

/** What a container can be called. */
export interface KnownContainer {
  readonly id: string;
  readonly name?: string;
}

/**
 * Names of all machines, sorted.
 *
 * @throws {Error} when there is no table, or it cannot be read at this moment
 */
export function knownMachines({ data }: Pick<Paths, "data">): string[] {
  return readRows(join(data, "machines.db"), "SELECT name FROM machines ORDER BY name")
    .map(({ name }) => String(name));
}

/**
 * The containers of a machine, those with a name first.
 *
 * @param machine its name
 * @throws {Error} as {@linkcode knownMachines}
 */
export function knownContainers({ data }: Pick<Paths, "data">, machine: string): KnownContainer[] {
  return readRows(
    join(data, "machines.db"),
    `SELECT containers.id, containers.name FROM containers JOIN machines ON machines.id = containers.machine
     WHERE machines.name = ? ORDER BY containers.name IS NULL, containers.name, containers.id`,
    machine,
  ).map(({ id, name }) => ({ id: String(id), ...(name !== null && { name: String(name) }) }));
}
