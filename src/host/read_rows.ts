/**
 * Reads rows of a SQLite file without leaving a trace: no folder, file, lock or repair is made, and nobody is waited
 * for. For answers that may be a moment old, or fail.
 *
 * @module
 */
import { pathToFileURL } from "node:url";
import { DatabaseSync, type SQLInputValue } from "node:sqlite";
import { existsSync } from "node:fs";
import type { Row } from "./database_connection.ts";

/**
 * The rows of a query.
 *
 * @throws {Error} when the file is absent, damaged, or written by another process at this moment
 */
export function readRows(path: string, sql: string, ...values: SQLInputValue[]): Row[] {
  const database = new DatabaseSync(addressOf(path), { readOnly: true });
  try {
    return database.prepare(sql).all(...values);
  } finally {
    database.close();
  }
}

/**
 * A file that nobody writes is opened as one that never changes (sqlite.org/uri.html, `immutable`): SQLite takes no
 * lock then, and makes no `-wal` and `-shm` for a file in WAL mode, which it does even where it may only read. While
 * others have it open, what is new stands in their journal, which SQLite reads with them.
 */
function addressOf(path: string): string {
  const shared = existsSync(`${path}-journal`) || existsSync(`${path}-wal`) && existsSync(`${path}-shm`);
  return shared ? path : `${pathToFileURL(path)}?immutable=1`;
}
