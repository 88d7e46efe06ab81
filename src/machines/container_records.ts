/**
 * The table of containers in machines: what each is, and how its last run began and ended.
 *
 * @module
 */
import { join } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import * as v from "valibot";
import { SmolvmError } from "../error.ts";
import { debug } from "../log.ts";
import { endSchema, type RunEnd } from "./run_end.ts";
import { commandSchema } from "./spec.ts";

/** Schema of the table, a migration of the machines' database. */
export const CONTAINERS_TABLE = `CREATE TABLE containers (
     id TEXT PRIMARY KEY,
     machine TEXT NOT NULL REFERENCES machines (id) ON DELETE CASCADE,
     name TEXT,
     spec TEXT NOT NULL,
     run TEXT,
     UNIQUE (machine, name)
   ) STRICT`;

/** Name of the file in a container's folder that holds its spec, for the day the database is lost. */
export const CONTAINER_FILE = "container.json";

/** Version of the stored form. */
const VERSION = 1;

/** Most containers that an ambiguous name is explained with. */
const CANDIDATES = 5;

const specSchema = v.object({
  version: v.literal(VERSION),
  /** 12 hex digits. */
  id: v.string(),
  name: v.optional(v.string()),
  /** RFC 3339. */
  created: v.string(),
  hostname: v.string(),
  command: commandSchema,
});
export type ContainerSpec = v.InferOutput<typeof specSchema>;

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
  readonly #database: DatabaseSync;

  constructor(database: DatabaseSync) {
    this.#database = database;
  }

  /** Containers of a machine, the oldest first. @param machine its id */
  list(machine: string): ContainerRecord[] {
    return this.#database.prepare("SELECT spec, run FROM containers WHERE machine = ? ORDER BY rowid").all(
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
    const row = this.#database.prepare("SELECT spec, run FROM containers WHERE id = ?").get(id);
    return row && decodeRow(row);
  }

  /**
   * The container that a name, an id or the beginning of one means.
   *
   * @throws {SmolvmError} kind `usage` when there is none, or more than one
   */
  find(machine: { readonly id: string; readonly name: string }, word: string): ContainerRecord {
    const all = this.list(machine.id);
    const exact = all.find(({ spec }) => spec.id === word || spec.name === word);
    if (exact) return exact;
    const begun = all.filter(({ spec }) => word !== "" && spec.id.startsWith(word));
    const [only] = begun;
    if (only && begun.length === 1) return only;
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
      .run(spec.id, machine.id, spec.name ?? null, JSON.stringify(spec));
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
        const spec = v.parse(specSchema, JSON.parse(Deno.readTextFileSync(join(folder, id, CONTAINER_FILE))));
        this.create(machine, spec);
        this.setRun(spec.id, { startedAt: spec.created, end: unknownEnd() });
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

/** How the runs of a restored container ended is not known; it may have files, so it is not a new one. */
function unknownEnd(): RunEnd {
  return { at: new Date().toISOString(), exitCode: null, failure: "the record of its runs was lost" };
}

function foldersIn(folder: string): string[] {
  try {
    return [...Deno.readDirSync(folder)].filter(({ isDirectory }) => isDirectory).map(({ name }) => name);
  } catch {
    return [];
  }
}

/** @throws {SmolvmError} kind `state` when a newer smolvm wrote it, or it is damaged */
function decodeRow(row: Record<string, unknown>): ContainerRecord {
  try {
    const spec = v.parse(specSchema, JSON.parse(String(row["spec"])));
    const run = row["run"] === null ? undefined : v.parse(runSchema, JSON.parse(String(row["run"])));
    return { spec, run };
  } catch (cause) {
    throw new SmolvmError("state", {
      action: "read the container",
      reason: "a newer smolvm wrote its record, or it is damaged",
      remedy: "use that version",
      cause,
    });
  }
}
