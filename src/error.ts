/**
 * The one error class of smolvm: fields first, words later. Code decides by {@linkcode SmolvmError.kind};
 * only the CLI turns the fields into a line of text and an exit code.
 *
 * @module
 */

/**
 * Which boundary an error came from:
 *
 * - `usage`: words of the command line or a value in them
 * - `reference`, `registry`, `image`: naming, fetching, and reading or storing an image
 * - `engine`: the VMM process, its parts, or whether this host can run one
 * - `guest`: the VM or its agent (no hello, a panic, a broken link)
 * - `process`: the program inside (not found, not executable, unknown user)
 * - `state`: files, locks, and databases of this host
 * - `canceled`: a signal, or a time limit that smolvm set, ended the work
 */
export type ErrorKind =
  | "usage"
  | "reference"
  | "registry"
  | "image"
  | "engine"
  | "guest"
  | "process"
  | "state"
  | "canceled";

/** The four parts of an error's one line. */
export interface ErrorWords {
  /** The verb phrase that failed, in the infinitive: `pull`, `start the VM`, `load`. */
  readonly action: string;
  /** On what: an image reference, a path, an option. */
  readonly subject?: string | undefined;
  /** Why, as a clause without a capital or a full stop: `no such file`. */
  readonly reason: string;
  /** What to do about it, as an imperative clause: `install qemu-system-x86`. */
  readonly remedy?: string | undefined;
}

/** What an error says, and how the command ends. */
export interface ErrorFields extends ErrorWords {
  /** Exit code of the command; 125 (smolvm itself failed) unless said otherwise. */
  readonly exitCode?: number;
  /** The error underneath, where there is one. */
  readonly cause?: unknown;
}

/** Every error that smolvm throws on purpose. */
export class SmolvmError extends Error implements ErrorFields {
  override readonly name = "SmolvmError";
  readonly kind: ErrorKind;
  readonly action: string;
  readonly subject: string | undefined;
  readonly reason: string;
  readonly remedy: string | undefined;
  readonly exitCode: number;

  constructor(kind: ErrorKind, fields: ErrorFields) {
    super(sentence(fields), { cause: fields.cause });
    this.kind = kind;
    this.action = fields.action;
    this.subject = fields.subject;
    this.reason = fields.reason;
    this.remedy = fields.remedy;
    this.exitCode = fields.exitCode ?? 125;
  }
}

/** The one sentence of an error: `cannot ACTION SUBJECT: REASON; REMEDY`. */
export function sentence({ action, subject = "", reason, remedy = "" }: ErrorWords): string {
  const what = subject === "" ? action : `${action} ${subject}`;
  return `cannot ${what}: ${reason}${remedy === "" ? "" : `; ${remedy}`}`;
}
