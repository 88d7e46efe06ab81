/**
 * What is said when a placeholder goes where it must not: to the log, and to the client in HTTP. Pure.
 *
 * @module
 */
import { blockedAnswer } from "../model/blocked_answer.ts";
import type { Denied } from "../model/gateway_parts.ts";
import { ForeignSecret } from "./replace.ts";

/** A refusal. */
export interface SecretRefusal {
  readonly verdict: Denied;
  /** An answer of HTTP/1.1. */
  readonly answer: Uint8Array;
}

/**
 * The words for what a filter threw.
 *
 * @param host where it was to go; absent: the request does not say
 * @param how the secret would have gone there: `without TLS`
 */
export function refusalFor(error: unknown, host: string | undefined, how?: string): SecretRefusal {
  const reason = error instanceof ForeignSecret
    ? `the placeholder of --secret ${error.secret} was sent to it${how ? ` ${how}` : ""}, ${
      how ? "where nothing proves who the server is" : "which is none of its hosts"
    }`
    : "the body of a request is not chunked as it says";
  const verdict: Denied = { allowed: false, reason, ...(host !== undefined && { name: host }) };
  return { verdict, answer: blockedAnswer(verdict) };
}
