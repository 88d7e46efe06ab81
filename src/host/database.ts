/**
 * SQLite files of smolvm: opened with the settings that several processes at once need, brought to the
 * current schema, and told apart from newer and damaged ones. Knows no table.
 *
 * @module
 */
import { chmodSync, mkdirSync, renameSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { delay } from "../async/delay.ts";
import { SmolvmError } from "../error.ts";
import { isThere } from "../files/is_there.ts";
import { debug } from "../log.ts";
import { FileLock } from "./lock.ts";
import { DatabaseConnection } from "./database_connection.ts";
import {
  SQLITE_BUSY,
  SQLITE_CANTOPEN,
  SQLITE_CORRUPT,
  SQLITE_NOTADB,
  sqliteCode,
  sqliteWords,
  WRITABLE,
} from "./database_error.ts";
import { systemWords } from "./system_words.ts";

/** How long a file that another process opens or closes is left alone before the next try, in milliseconds. */
const LOCKED_PAUSE_MILLISECONDS = 50;

/** How long a statement waits for another process, in milliseconds. */
const BUSY_MILLISECONDS = 30_000;

/**
 * How changes are kept apart from what they change. `wal` lets readers and a writer go on side by side;
 * `delete` needs no room on the disk to be read, which WAL does (its index).
 */
export type Journal = "wal" | "delete";

/** An open database and what was found when it was opened. */
export interface OpenedDatabase {
  readonly database: DatabaseConnection;
  /** Where a damaged file was put aside, when there was one; the database is a fresh one then. */
  readonly damagedFile?: string;
}

/**
 * Opens a database, making the file (0600) and its folder (0700) when absent.
 *
 * @param path the file
 * @param migrations SQL scripts; the one at index N leads from schema version N to N+1 (`user_version`)
 * @param journal an existing file is changed to it
 * @throws {SmolvmError} kind `state` when a newer smolvm wrote it, or it cannot be opened
 */
export async function openDatabase(
  path: string,
  migrations: readonly string[],
  journal: Journal = "wal",
): Promise<OpenedDatabase> {
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    const end = performance.now() + BUSY_MILLISECONDS;
    for (;;) {
      const ready = tryOpen(path, migrations.length, journal);
      if (ready) return { database: new DatabaseConnection(ready, path) };
      try {
        // Making, migrating and replacing the file are for one process at a time.
        using _lock = await FileLock.acquire(`${path}.lock`, {
          signal: AbortSignal.timeout(BUSY_MILLISECONDS),
        });
        return openExclusively(path, migrations, journal);
      } catch (error) {
        // SQLite does not wait for whoever opens or closes the file as the first or the last one.
        if (sqliteCode(error) !== SQLITE_BUSY || performance.now() > end) throw error;
        await delay(LOCKED_PAUSE_MILLISECONDS);
      }
    }
  } catch (cause) {
    if (cause instanceof SmolvmError) throw cause;
    const system = systemWords(sqliteCode(cause) === SQLITE_CANTOPEN ? whyUnopened(path) : cause);
    const words = (system && { remedy: WRITABLE, ...system }) ?? sqliteWords(cause) ??
      { reason: (cause as Error).message };
    throw new SmolvmError("state", { action: "open the database", subject: path, ...words, cause });
  }
}

/** The system's reason why a file cannot be opened, which SQLite does not tell. */
function whyUnopened(path: string): unknown {
  try {
    Deno.openSync(path, { read: true, write: true }).close();
    return undefined;
  } catch (error) {
    return error;
  }
}

/** The common case: the file is there, whole, and current. */
function tryOpen(path: string, version: number, journal: Journal): DatabaseSync | undefined {
  let database: DatabaseSync | undefined;
  try {
    database = connect(path, { create: false });
    if (versionOf(database) === version && journalOf(database) === journal && isWhole(database)) {
      return database;
    }
  } catch (error) {
    debug("database needs attention", { path, reason: (error as Error).message });
  }
  database?.close();
  return undefined;
}

function openExclusively(path: string, migrations: readonly string[], journal: Journal): OpenedDatabase {
  const damagedFile = putAsideIfDamaged(path);
  const database = connect(path, { create: true });
  try {
    chmodSync(path, 0o600);
    migrate(database, path, migrations, journal);
  } catch (error) {
    database.close();
    throw error;
  }
  return {
    database: new DatabaseConnection(database, path),
    ...(damagedFile !== undefined && { damagedFile }),
  };
}

function connect(path: string, options: { create: boolean }): DatabaseSync {
  // node:sqlite would make an absent file; only the holder of the lock may.
  if (!options.create) Deno.statSync(path);
  const database = new DatabaseSync(path, { enableForeignKeyConstraints: true });
  try {
    database.exec(`PRAGMA busy_timeout = ${BUSY_MILLISECONDS}; PRAGMA synchronous = NORMAL;`);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

function versionOf(database: DatabaseSync): number {
  return Number(database.prepare("PRAGMA user_version").get()?.["user_version"]);
}

function journalOf(database: DatabaseSync): unknown {
  return database.prepare("PRAGMA journal_mode").get()?.["journal_mode"];
}

function isWhole(database: DatabaseSync): boolean {
  return database.prepare("PRAGMA quick_check(1)").get()?.["quick_check"] === "ok";
}

function migrate(
  database: DatabaseSync,
  path: string,
  migrations: readonly string[],
  journal: Journal,
): void {
  const version = versionOf(database);
  if (version > migrations.length) {
    throw new SmolvmError("state", {
      action: "open the database",
      subject: path,
      reason: `a newer smolvm wrote it (schema ${version}, this one knows ${migrations.length})`,
      remedy: "use that version, or another SMOLVM_HOME",
    });
  }
  database.exec(`PRAGMA journal_mode = ${journal}`);
  for (let next = version; next < migrations.length; next++) {
    database.exec(`BEGIN IMMEDIATE; ${migrations[next]}; PRAGMA user_version = ${next + 1}; COMMIT`);
  }
}

/** Renames a damaged database, with its journal, so that nothing of it is lost. */
function putAsideIfDamaged(path: string): string | undefined {
  if (!isDamaged(path)) return undefined;
  const aside = `${path}.damaged-${new Date().toISOString().replaceAll(/[^0-9]/g, "").slice(0, 17)}`;
  renameSync(path, aside);
  for (const suffix of ["-wal", "-shm"]) {
    if (isThere(path + suffix)) renameSync(path + suffix, aside + suffix);
  }
  return aside;
}

function isDamaged(path: string): boolean {
  let database: DatabaseSync | undefined;
  try {
    database = connect(path, { create: false });
    versionOf(database);
    return !isWhole(database);
  } catch (error) {
    const code = sqliteCode(error);
    if (code === SQLITE_CORRUPT || code === SQLITE_NOTADB) return true;
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  } finally {
    database?.close();
  }
}
