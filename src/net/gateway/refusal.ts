/**
 * What a client is told whose first bytes were judged and refused, in its own protocol, so that it fails at once with a
 * reason: an alert for TLS, an answer for HTTP. Pure.
 *
 * @module
 */
import { blockedAnswer } from "../model/blocked_answer.ts";
import type { Denied } from "../model/gateway_parts.ts";

/** Content type of a TLS record with a handshake message (RFC 8446, section 5.1). */
const HANDSHAKE = 22;

/** A fatal alert `unrecognized_name` (RFC 6066, section 3; 112) in a record of TLS 1.2's version. */
const ALERT = [21, 3, 3, 0, 2, 2, 112];

/** Begin of a request of HTTP/1. */
const REQUEST = /^[A-Z]{3,16} \S/;

/** @returns what to answer; `undefined` where there is nothing that the client would understand */
export function refusal(first: Uint8Array, denied: Denied): Uint8Array<ArrayBuffer> | undefined {
  if (first[0] === HANDSHAKE) return new Uint8Array(ALERT);
  const text = new TextDecoder("latin1").decode(first.subarray(0, 64));
  return REQUEST.test(text) ? blockedAnswer(denied) : undefined;
}
