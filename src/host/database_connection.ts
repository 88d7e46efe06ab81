/**
 * An open SQLite database whose errors name its file and say in plain words what is wrong: node:sqlite with
 * one judge around each of its calls. Knows no table.
 *
 * @module
 */
import type { DatabaseSync, SQLInputValue, SQLOutputValue, StatementSync } from "node:sqlite";
import { SmolvmError } from "../error.ts";
import { sqliteWords } from "./database_error.ts";

/** A row: the value of each column. */
export type Row = Record<string, SQLOutputValue>;

/** A prepared statement. Each call throws a {@linkcode SmolvmError} of kind `state` when SQLite fails. */
export interface Statement {
  /** The first row; `undefined` when there is none. */
  get(...values: SQLInputValue[]): Row | undefined;
  all(...values: SQLInputValue[]): Row[];
  run(...values: SQLInputValue[]): { readonly changes: number | bigint };
}

/** The database, until it is disposed. */
export class DatabaseConnection implements Disposable {
  readonly #database: DatabaseSync;
  readonly #path: string;

  /** @param path of the file, as errors name it */
  constructor(database: DatabaseSync, path: string) {
    this.#database = database;
    this.#path = path;
  }

  /**
   * Prepares a statement.
   *
   * @throws {SmolvmError} kind `state`
   */
  prepare(sql: string): Statement {
    const statement: StatementSync = this.#judged(() => this.#database.prepare(sql));
    return {
      get: (...values) => this.#judged(() => statement.get(...values)),
      all: (...values) => this.#judged(() => statement.all(...values)),
      run: (...values) => this.#judged(() => statement.run(...values)),
    };
  }

  /**
   * Runs statements that have neither values nor rows.
   *
   * @throws {SmolvmError} kind `state`
   */
  exec(sql: string): void {
    this.#judged(() => this.#database.exec(sql));
  }

  /**
   * Does all that `body` does, or nothing of it.
   *
   * @throws {SmolvmError} kind `state` when SQLite fails; and what `body` throws
   */
  transaction<T>(body: () => T): T {
    this.exec("BEGIN IMMEDIATE");
    try {
      const result = body();
      this.exec("COMMIT");
      return result;
    } catch (error) {
      // SQLite has rolled back by itself when the disk was full, and would refuse to do so again.
      if (this.#database.isTransaction) this.#database.exec("ROLLBACK");
      throw error;
    }
  }

  /** Closes the file. */
  close(): void {
    this.#database.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #judged<T>(call: () => T): T {
    try {
      return call();
    } catch (cause) {
      const words = sqliteWords(cause);
      if (!words) throw cause;
      throw new SmolvmError("state", { action: "use the database", subject: this.#path, ...words, cause });
    }
  }
}
