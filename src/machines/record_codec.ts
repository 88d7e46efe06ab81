/**
 * Records that are stored as JSON with a `version`: one schema for each version there ever was, and an upgrade
 * from each to the next, so that a record of any older smolvm is read as one of the newest version. Knows no
 * record's fields.
 *
 * @module
 */
import * as v from "valibot";
import { SmolvmError } from "../error.ts";

/** What every record has. */
interface Versioned {
  readonly version: number;
}

/** How an error about one record names it. */
export interface RecordWords {
  /** What it is: `machine`, `container`. */
  readonly what: string;
  /** Which one, as the user named it. */
  readonly subject: string;
  /** What to do when it is damaged. */
  readonly remedy: string;
}

/** Holds a value against the schema of the version it names, and upgrades it to the version of the codec. */
type Reader<T> = (version: number, value: unknown) => T;

/**
 * Reads records of each version up to the newest, and writes the newest.
 *
 * @example
 * ```ts
 * const one = v.object({ version: v.literal(1), bytes: v.number() });
 * const two = v.object({ version: v.literal(2), disk: v.object({ bytes: v.number() }) });
 * const disks = RecordCodec.first(one).next(two, ({ bytes }) => ({ version: 2, disk: { bytes } }));
 * const words = { what: "disk", subject: "a", remedy: "remove it" };
 * disks.decode('{"version":1,"bytes":5}', words); // { version: 2, disk: { bytes: 5 } }
 * ```
 */
export class RecordCodec<T extends Versioned> {
  /** The newest version, which is the one that is written. */
  readonly newest: number;
  readonly #schema: v.GenericSchema<unknown, T>;
  readonly #read: Reader<T>;

  private constructor(newest: number, schema: v.GenericSchema<unknown, T>, read: Reader<T>) {
    this.newest = newest;
    this.#schema = schema;
    this.#read = read;
  }

  /** A codec of version 1 alone. */
  static first<T extends Versioned>(schema: v.GenericSchema<unknown, T>): RecordCodec<T> {
    return new RecordCodec(1, schema, (_version, value) => v.parse(schema, value));
  }

  /** The codec of one version more. @param upgrade makes a record of it from one of the version before */
  next<U extends Versioned>(
    schema: v.GenericSchema<unknown, U>,
    upgrade: (before: T) => U,
  ): RecordCodec<U> {
    const version = this.newest + 1;
    const read: Reader<U> = (of, value) =>
      of === version ? v.parse(schema, value) : upgrade(this.#read(of, value));
    return new RecordCodec(version, schema, read);
  }

  /**
   * Reads a stored record.
   *
   * @throws {SmolvmError} kind `state` when a newer smolvm wrote it, or it is damaged
   */
  decode(json: string, words: RecordWords): T {
    const value = parse(json);
    const version = v.is(versionSchema, value) ? value.version : undefined;
    if (version !== undefined && version > this.newest) {
      throw failure("read", words, {
        reason: `a newer smolvm wrote it (version ${version}, this one knows ${this.newest})`,
        remedy: "use that version",
      });
    }
    try {
      // A record without a usable version is held against the newest schema, which says what is wrong with it.
      return this.#read(version ?? this.newest, value);
    } catch (cause) {
      const reason = `its record is damaged (${problem(cause)})`;
      throw failure("read", words, { reason, remedy: words.remedy, cause });
    }
  }

  /**
   * Writes a record in the newest version.
   *
   * @throws {SmolvmError} kind `state` when it holds what this version has no place for
   */
  encode(record: T, words: RecordWords): string {
    const result = v.safeParse(this.#schema, record);
    if (result.success) return JSON.stringify(result.output, null, 2);
    const cause = new v.ValiError(result.issues);
    const reason = `this smolvm has no place for what it holds (${problem(cause)})`;
    throw failure("write down", words, { reason, cause });
  }
}

const versionSchema = v.object({ version: v.pipe(v.number(), v.integer(), v.minValue(1)) });

/** `undefined` where it is no JSON. */
function parse(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

/** The first thing that is wrong, with the field it is wrong in. */
function problem(cause: unknown): string {
  if (!v.isValiError(cause)) return (cause as Error).message;
  const [issue] = cause.issues;
  const field = v.getDotPath(issue);
  return field === null ? issue.message : `${field}: ${issue.message}`;
}

function failure(
  verb: string,
  { what, subject }: RecordWords,
  fields: { reason: string; remedy?: string; cause?: unknown },
): SmolvmError {
  return new SmolvmError("state", { action: `${verb} the ${what}`, subject, ...fields });
}
