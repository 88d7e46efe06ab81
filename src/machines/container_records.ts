/**
 * The table of containers in machines: what each is, and how its last run began and ended.
 *
 * @module
 */
import { join } from "node:path";
import * as v from "valibot";
import { SmolvmError } from "../error.ts";
import type { DatabaseConnection } from "../host/database_connection.ts";
import { debug } from "../log.ts";
import { endSchema, type RunEnd } from "./run_end.ts";
import { type ContainerSpec, decodeContainerSpec, encodeContainerSpec } from "./container_spec.ts";
import { CONTAINER_FILE } from "./folder.ts";

/** Schema of the table, a migration of the machines' database. */
export const CONTAINERS_TABLE = `CREATE TABLE containers (
     id TEXT PRIMARY KEY,
     machine TEXT NOT NULL REFERENCES machines (id) ON DELETE CASCADE,
     name TEXT,
     spec TEXT NOT NULL,
     run TEXT,
     UNIQUE (machine, name)
   ) STRICT`;

/** Most containers that an ambiguous name is explained with. */
const CANDIDATES = 5;

const runSchema = v.object({
  /** RFC 3339. */
  startedAt: v.string(),
  /** Absent while it runs, and when its supervisor could not write it. */
  end: v.optional(endSchema),
});
export type ContainerRun = v.InferOutput<typeof runSchema>;

/** A container as the table knows it. */
export interface ContainerRecord {
  readonly spec: ContainerSpec;
  /** `undefined`: it was never started. */
  readonly run: ContainerRun | undefined;
}

/** The table, over an open database. */
export class ContainerRecords {
  readonly #database: DatabaseConnection;

  constructor(database: DatabaseConnection) {
    this.#database = database;
  }

  /** Containers of a machine, the oldest first. @param machine its id */
  list(machine: string): ContainerRecord[] {
    return this.#database.prepare("SELECT id, spec, run FROM containers WHERE machine = ? ORDER BY rowid")
      .all(
        machine,
      )
      .flatMap((row) => {
        try {
          return [decodeRow(row)];
        } catch (error) {
          // One that a newer smolvm made must not hide the others.
          debug("container not read", { reason: (error as Error).message });
          return [];
        }
      });
  }

  /** The container of that id. */
  get(id: string): ContainerRecord | undefined {
    const row = this.#database.prepare("SELECT id, spec, run FROM containers WHERE id = ?").get(id);
    return row && decodeRow(row);
  }

  /**
   * The container that a name, an id or the beginning of one means.
   *
   * @throws {SmolvmError} kind `usage` when there is none, or more than one; kind `state` when its record
   *   cannot be read
   */
  find(machine: { readonly id: string; readonly name: string }, word: string): ContainerRecord {
    const all = this.list(machine.id);
    const exact = all.find(({ spec }) => spec.id === word || spec.name === word);
    if (exact) return exact;
    const begun = all.filter(({ spec }) => word !== "" && spec.id.startsWith(word));
    const [only] = begun;
    if (only && begun.length === 1) return only;
    const row = this.#database.prepare(
      "SELECT id, spec, run FROM containers WHERE machine = ? AND (id = ? OR name = ?)",
    ).get(machine.id, word, word);
    if (row) return decodeRow(row);
    const ids = begun.slice(0, CANDIDATES).map(({ spec }) => spec.id).join(", ");
    throw new SmolvmError("usage", {
      action: "find the container",
      subject: word,
      reason: only ? `${begun.length} ids begin so: ${ids}` : `there is none in ${machine.name}`,
      remedy: only ? "give more of its id" : `see smolvm container ls -a ${machine.name}`,
    });
  }

  /**
   * Stores a container.
   *
   * @throws {SmolvmError} kind `usage` when its name is taken in the machine
   */
  create(machine: { readonly id: string; readonly name: string }, spec: ContainerSpec): void {
    const { changes } = this.#database
      .prepare("INSERT INTO containers (id, machine, name, spec) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING")
      .run(spec.id, machine.id, spec.name ?? null, encodeContainerSpec(spec));
    if (changes === 1) return;
    throw new SmolvmError("usage", {
      action: "create the container",
      subject: spec.name ?? spec.id,
      reason: `there is one of that name in ${machine.name}`,
      remedy: "choose another name, or remove it with smolvm container rm",
    });
  }

  /** Takes the containers of a machine in whose record was lost. @param folder holds a folder for each */
  restore(machine: { readonly id: string; readonly name: string }, folder: string): void {
    for (const id of foldersIn(folder)) {
      try {
        const spec = decodeContainerSpec(id, Deno.readTextFileSync(join(folder, id, CONTAINER_FILE)));
        this.create(machine, spec);
        // It may have run and have files, so it is not a new one.
        this.setRun(spec.id, { startedAt: spec.created, end: unknownEnd(new Date().toISOString()) });
      } catch (error) {
        debug("container not restored", { id, reason: (error as Error).message });
      }
    }
  }

  /** Writes down how a container's last run stands. @returns whether there is such a container */
  setRun(id: string, run: ContainerRun): boolean {
    const update = this.#database.prepare("UPDATE containers SET run = ? WHERE id = ?");
    return Number(update.run(JSON.stringify(run), id).changes) > 0;
  }

  /** Ends the runs of a machine's containers that nobody has ended. */
  endRuns(machine: string, failure: string): void {
    for (const { spec, run } of this.list(machine)) {
      if (!run || run.end) continue;
      const end: RunEnd = { at: new Date().toISOString(), exitCode: null, failure };
      this.setRun(spec.id, { ...run, end });
    }
  }

  /** Forgets a container. */
  remove(id: string): void {
    this.#database.prepare("DELETE FROM containers WHERE id = ?").run(id);
  }
}

/** The end of a run of which nothing is known. @param at RFC 3339 */
function unknownEnd(at: string): RunEnd {
  return { at, exitCode: null, failure: "the record of its runs was lost" };
}

function foldersIn(folder: string): string[] {
  try {
    return [...Deno.readDirSync(folder)].filter(({ isDirectory }) => isDirectory).map(({ name }) => name);
  } catch {
    return [];
  }
}

/** @throws {SmolvmError} kind `state` when a newer smolvm wrote it, or it is damaged */
function decodeRow({ id, spec, run }: Record<string, unknown>): ContainerRecord {
  const decoded = decodeContainerSpec(String(id), String(spec));
  return { spec: decoded, run: run === null ? undefined : decodeRun(decoded, String(run)) };
}

/** A run that cannot be read has ended, as far as anybody can know: the container may have files by it. */
function decodeRun({ created }: ContainerSpec, json: string): ContainerRun {
  try {
    const result = v.safeParse(runSchema, JSON.parse(json));
    if (result.success) return result.output;
  } catch {
    // The words below serve for no JSON too.
  }
  return { startedAt: created, end: unknownEnd(created) };
}
