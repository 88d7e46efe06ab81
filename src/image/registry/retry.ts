/**
 * Trying again what may succeed a little later, with growing pauses and the server's own wish honoured.
 *
 * @module
 */
import { delay } from "../../async/delay.ts";
import type { SmolvmError } from "../../error.ts";
import { debug } from "../../log.ts";

/** Longest wish of a server (`Retry-After`) that is granted, in milliseconds. */
const MAX_PAUSE = 60_000;

/** A failure that may pass; {@linkcode retry} throws its `failure` when patience ends. */
export class TransientError extends Error {
  override readonly name = "TransientError";
  readonly failure: SmolvmError;
  /** How often to try in all. */
  readonly attempts: number;
  /** Milliseconds the server asks to wait. */
  readonly retryAfter: number | undefined;
  /** Whether somebody was there who did not speak HTTP. */
  readonly garbled: boolean;
  /** Whether somebody was there whose certificate nobody vouches for. */
  readonly untrusted: boolean;
  /** Whether an HTTP answer came. */
  readonly answered: boolean;

  constructor(
    failure: SmolvmError,
    options: {
      attempts: number;
      retryAfter?: number | undefined;
      garbled?: boolean;
      untrusted?: boolean;
      answered?: boolean;
    },
  ) {
    super(failure.message, { cause: failure });
    this.failure = failure;
    this.attempts = options.attempts;
    this.retryAfter = options.retryAfter;
    this.garbled = options.garbled ?? false;
    this.untrusted = options.untrusted ?? false;
    this.answered = options.answered ?? false;
  }
}

/** How {@linkcode retry} waits. */
export interface RetryOptions {
  readonly signal?: AbortSignal | undefined;
  /** First pause in milliseconds; each further one is twice as long. */
  readonly firstPause?: number;
  /** Most attempts, however many the failure allows. */
  readonly attempts?: number | undefined;
}

/**
 * Runs an operation until it succeeds, fails for good, or has failed often enough.
 *
 * @param operation throws {@linkcode TransientError} for what may pass; starts from scratch each time
 * @throws what the operation throws, or the failure inside its last TransientError
 */
export async function retry<T>(operation: () => Promise<T>, options: RetryOptions = {}): Promise<T> {
  const { firstPause: first = 500, attempts: most = Infinity } = options;
  for (let attempt = 1;; attempt++) {
    options.signal?.throwIfAborted();
    try {
      return await operation();
    } catch (error) {
      if (!(error instanceof TransientError)) throw error;
      const asked = error.retryAfter ?? 0;
      if (attempt >= Math.min(error.attempts, most) || asked > MAX_PAUSE) throw error.failure;
      // Clients that failed together must not come back together.
      const pause = Math.max(asked, first * 2 ** (attempt - 1) * (0.75 + Math.random() / 2));
      debug("will try again", { reason: error.failure.reason, attempt, milliseconds: Math.round(pause) });
      await delay(pause, options.signal && { signal: options.signal });
    }
  }
}

/** `Retry-After` in milliseconds (RFC 9110 section 10.2.3): seconds or a date. */
export function parseRetryAfter(value: string | null, now = Date.now()): number | undefined {
  if (value === null) return undefined;
  if (/^\d{1,9}$/.test(value)) return Number(value) * 1000;
  const date = Date.parse(value);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}
