/**
 * The table of machines: what each is, and how its last run began and ended. Knows SQL, and
 * nothing of processes: whether a machine runs is liveness.ts's to say.
 *
 * @module
 */
import { join } from "node:path";
import * as v from "valibot";
import { SmolvmError } from "../error.ts";
import { openDatabase } from "../host/database.ts";
import type { DatabaseConnection } from "../host/database_connection.ts";
import type { Paths } from "../host/paths.ts";
import { debug } from "../log.ts";
import { bringIntoAccord } from "./accord.ts";
import { ContainerRecords, CONTAINERS_TABLE } from "./container_records.ts";
import { CONTAINERS_FOLDER, machineFolder, SPEC_FILE } from "./folder.ts";
import { removeDeadSocket } from "./liveness.ts";
import { endSchema } from "./run_end.ts";
import type { MachineSpec } from "./spec.ts";
import { decodeSpec, encodeSpec } from "./spec_codec.ts";

const MIGRATIONS: readonly string[] = [
  `CREATE TABLE machines (
     name TEXT PRIMARY KEY,
     id TEXT NOT NULL UNIQUE,
     spec TEXT NOT NULL,
     run TEXT
   ) STRICT`,
  CONTAINERS_TABLE,
];

/** A machine's last run, as its supervisor wrote it down. */
const runSchema = v.object({
  /** Process id and start time of the supervisor. */
  supervisor: v.object({ pid: v.number(), started: v.string() }),
  /** RFC 3339. */
  startedAt: v.string(),
  /** Absent while it runs, and when the supervisor could not write it. */
  end: v.optional(endSchema),
});
export type MachineRun = v.InferOutput<typeof runSchema>;

/** A machine as the table knows it. */
export interface MachineRecord {
  readonly spec: MachineSpec;
  /** `undefined`: it was never started. */
  readonly run: MachineRun | undefined;
}

/** What was found when the table was opened, for a person to know. */
export interface TableRepair {
  /** Where a damaged table was put aside. */
  readonly damagedFile: string | undefined;
  /** Machines that it had lost, found again by their folders. */
  readonly restored: readonly string[];
}

/** The table. Disposing closes the database. */
export class MachineRecords implements Disposable {
  /** The containers in them. */
  readonly containers: ContainerRecords;
  /** Absent when nothing was wrong. */
  readonly repair: TableRepair | undefined;
  readonly #database: DatabaseConnection;

  private constructor(database: DatabaseConnection, paths: Paths, damagedFile: string | undefined) {
    this.#database = database;
    this.containers = new ContainerRecords(database);
    const restored = bringIntoAccord(join(paths.data, "machines"), {
      ids: () => this.#ids(),
      adopt: (path) => this.#adopt(path),
      remove: (id) => this.remove(id),
    });
    for (const id of this.#ids()) removeDeadSocket(machineFolder(paths, id));
    if (damagedFile !== undefined || restored.length > 0) this.repair = { damagedFile, restored };
  }

  /**
   * Opens the table, ends what killed commands have left half done, and removes the sockets of killed
   * supervisors. A damaged table is put aside and made again from the specs in the machines' folders.
   *
   * @throws {SmolvmError} kind `state` when it cannot be opened, or a newer smolvm wrote it
   */
  static async open(paths: Paths): Promise<MachineRecords> {
    const { database, damagedFile } = await openDatabase(
      join(paths.data, "machines.db"),
      MIGRATIONS,
      "delete",
    );
    try {
      return new MachineRecords(database, paths, damagedFile);
    } catch (cause) {
      database.close();
      if (cause instanceof SmolvmError) throw cause;
      const reason = (cause as Error).message;
      throw new SmolvmError("state", { action: "open the machines in", subject: paths.data, reason, cause });
    }
  }

  /** The machine of that name. */
  get(name: string): MachineRecord | undefined {
    const row = this.#database.prepare("SELECT name, spec, run FROM machines WHERE name = ?").get(name);
    return row && decodeRow(row);
  }

  /** The machine of that id. */
  byId(id: string): MachineRecord | undefined {
    const row = this.#database.prepare("SELECT name, spec, run FROM machines WHERE id = ?").get(id);
    return row && decodeRow(row);
  }

  /** Id of the machine of that name, even where its record cannot be read. */
  idOf(name: string): string | undefined {
    const row = this.#database.prepare("SELECT id FROM machines WHERE name = ?").get(name);
    return row && String(row["id"]);
  }

  /** Names of all machines, sorted. */
  names(): string[] {
    return this.#database.prepare("SELECT name FROM machines ORDER BY name").all().map(({ name }) =>
      String(name)
    );
  }

  /**
   * Stores a machine.
   *
   * @throws {SmolvmError} kind `usage` when the name is taken
   */
  create(spec: MachineSpec): void {
    const { changes } = this.#database
      .prepare("INSERT INTO machines (name, id, spec) VALUES (?, ?, ?) ON CONFLICT DO NOTHING")
      .run(spec.name, spec.id, encodeSpec(spec));
    if (changes === 1) return;
    throw new SmolvmError("usage", {
      action: "create the machine",
      subject: spec.name,
      reason: "there is one of that name",
      remedy: `choose another name, or delete it with smolvm microvm delete ${spec.name}`,
    });
  }

  /** Changes what a machine is. @throws {SmolvmError} kind `state` when it cannot be written */
  setSpec(spec: MachineSpec): void {
    this.#database.prepare("UPDATE machines SET spec = ? WHERE id = ?").run(encodeSpec(spec), spec.id);
  }

  /** Writes down how the last run stands. */
  setRun(id: string, run: MachineRun): void {
    this.#database.prepare("UPDATE machines SET run = ? WHERE id = ?").run(JSON.stringify(run), id);
  }

  /** Forgets a machine. */
  remove(id: string): void {
    this.#database.prepare("DELETE FROM machines WHERE id = ?").run(id);
  }

  #ids(): string[] {
    return this.#database.prepare("SELECT id FROM machines").all().map(({ id }) => String(id));
  }

  /** A folder whose spec cannot be read is left as it is. */
  #adopt(folder: string): string | undefined {
    const file = join(folder, SPEC_FILE);
    try {
      const spec = decodeSpec(file, Deno.readTextFileSync(file));
      if (!folder.endsWith(spec.id)) return undefined;
      this.create(spec);
      this.containers.restore(spec, join(folder, CONTAINERS_FOLDER));
      return spec.name;
    } catch (error) {
      debug("machine not restored", { file, reason: (error as Error).message });
      return undefined;
    }
  }

  [Symbol.dispose](): void {
    this.#database.close();
  }
}

function decodeRow(row: Record<string, unknown>): MachineRecord {
  const name = String(row["name"]);
  return { spec: decodeSpec(name, String(row["spec"])), run: decodeRun(row["run"]) };
}

/** A run that cannot be read is as good as none: the state is judged by what runs. */
function decodeRun(json: unknown): MachineRun | undefined {
  if (typeof json !== "string") return undefined;
  try {
    const result = v.safeParse(runSchema, JSON.parse(json));
    return result.success ? result.output : undefined;
  } catch {
    return undefined;
  }
}
