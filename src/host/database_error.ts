/**
 * What SQLite says when it fails: result codes, and words for people. Pure.
 *
 * Deno's node:sqlite puts the result code into `errcode` for what a statement does, and leaves it out for
 * `exec` and for opening; there the message is SQLite's own text for the code (sqlite3_errstr), which begins
 * each line of the table below.
 *
 * @module
 */

/** A result code of SQLite, and the words for it. */
interface Result {
  /** sqlite3_errstr of the code. */
  readonly text: string;
  readonly reason: string;
  readonly remedy: string;
}

/** What helps where a database cannot be written to. */
export const WRITABLE = "make it and its folder writable, or set SMOLVM_HOME to another folder";
const DAMAGED: Omit<Result, "text"> = {
  reason: "it is damaged",
  remedy: "run the command again, which puts it aside and begins a new one",
};

export const SQLITE_BUSY = 5;
export const SQLITE_READONLY = 8;
export const SQLITE_IOERR = 10;
export const SQLITE_CORRUPT = 11;
export const SQLITE_FULL = 13;
export const SQLITE_CANTOPEN = 14;
export const SQLITE_NOTADB = 26;

/** https://sqlite.org/rescode.html: those that say something about the file, the disk or another process. */
const RESULTS: Readonly<Record<number, Result>> = {
  [SQLITE_BUSY]: {
    text: "database is locked",
    reason: "another smolvm keeps it locked",
    remedy: "try again",
  },
  [SQLITE_READONLY]: {
    text: "attempt to write a readonly database",
    reason: "it is read-only",
    remedy: WRITABLE,
  },
  [SQLITE_IOERR]: {
    text: "disk I/O error",
    reason: "the disk reports an error",
    remedy: "see whether the disk is full or failing, or set SMOLVM_HOME to a folder on another",
  },
  [SQLITE_CORRUPT]: { text: "database disk image is malformed", ...DAMAGED },
  [SQLITE_FULL]: {
    text: "database or disk is full",
    reason: "no space is left on the disk",
    remedy: "free some, or set SMOLVM_HOME to a folder on another disk",
  },
  [SQLITE_CANTOPEN]: {
    text: "unable to open database file",
    reason: "its file or the folder of it cannot be opened",
    remedy: WRITABLE,
  },
  [SQLITE_NOTADB]: { text: "file is not a database", ...DAMAGED },
};

/**
 * The primary result code of an error of SQLite.
 *
 * @returns `undefined` for any other error; 1 (SQLITE_ERROR) for one of SQLite that tells no code
 */
export function sqliteCode(error: unknown): number | undefined {
  if (!(error instanceof Error && "code" in error && error.code === "ERR_SQLITE_ERROR")) return undefined;
  // The primary code is in the lowest byte of an extended one.
  if ("errcode" in error && typeof error.errcode === "number") return error.errcode & 0xff;
  const found = Object.entries(RESULTS).find(([, { text }]) => error.message.startsWith(text));
  return found ? Number(found[0]) : 1;
}

/**
 * Whether a database could not be written for want of room, as far as SQLite tells: it calls a quota that is used up
 * an I/O error.
 *
 * @param error SQLite's, or one that has it as its cause
 */
export function wantsRoom(error: unknown): boolean {
  const code = sqliteCode(error instanceof Error && error.cause !== undefined ? error.cause : error);
  return code === SQLITE_FULL || code === SQLITE_IOERR;
}

/** Why SQLite failed, and what helps; `undefined` for an error that is not SQLite's. */
export function sqliteWords(error: unknown): { reason: string; remedy?: string } | undefined {
  const code = sqliteCode(error);
  if (code === undefined) return undefined;
  const known = RESULTS[code];
  return known ? { reason: known.reason, remedy: known.remedy } : { reason: (error as Error).message };
}
