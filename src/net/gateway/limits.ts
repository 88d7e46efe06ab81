/**
 * How much a guest may have of the process that serves it. Values, and one rule.
 *
 * @module
 */

/** Flows of all kinds at once. */
export const MAX_FLOWS = 4_096;

/** TCP connections that the host has not made yet, or whose guest has not answered. */
export const MAX_HALF_OPEN = 512;

/** How old a half-open connection is that may be given up for a new one, in milliseconds. */
export const HALF_OPEN_KEPT = 5_000;

/** How long the host may take to connect, in milliseconds: as long as Linux itself (tcp_syn_retries). */
export const CONNECT_WITHIN = 130_000;

/** UDP sockets: each has a buffer of 64 KiB. */
export const MAX_UDP_PORTS = 512;

/** How long a UDP socket is kept that could be given up for a new one, in milliseconds: at most 2,048 begin a second. */
export const UDP_PORT_KEPT = 250;

/** UDP targets in all, and of one port of a guest. */
export const MAX_UDP_FLOWS = 1_024;
export const MAX_UDP_TARGETS = 256;

/** Flows of echo requests, each of one program to one address, and requests that have no answer, of each version of IP. */
export const MAX_ECHO_FLOWS = 256;
export const MAX_ECHOES = 1_024;

/** How long such a flow is kept that could be given up for a new one, in milliseconds. */
export const ECHO_FLOW_KEPT = 250;

/** DNS questions over UDP that are being answered, and connections with such questions, each of which may hold whole messages. */
export const MAX_QUESTIONS = 256;
export const MAX_NAME_STREAMS = 128;

/** Bytes of all flows that wait, both ways. */
export const MAX_BUFFERED = 64 * 2 ** 20;

/** Bytes of one flow that wait, each way. */
const MOST_WAITING = 524_288;
const LEAST_WAITING = 8_192;

/** Bytes of one of so many flows that may wait, each way, so that all of them stay within the memory there is. */
export function waitingLimit(flows: number): number {
  const share = Math.floor(MAX_BUFFERED / 2 / Math.max(1, flows));
  return Math.min(MOST_WAITING, Math.max(LEAST_WAITING, share));
}
