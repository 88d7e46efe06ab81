/**
 * Tells a person, once for each target, what was blocked and which option allows it.
 *
 * @module
 */
import type { FlowLog, FlowRecord } from "../model/gateway_parts.ts";
import { entryOf, type FlowEntry } from "./flow_entry.ts";

/** Most targets that are told: who scans a network has nothing from a line for each address. */
const MAX_TARGETS = 50;

/** The notices of one VM. */
export class BlockedNotices implements FlowLog {
  readonly #tell: (line: string) => void;
  readonly #told = new Set<string>();

  /** @param tell is given each line, without a newline */
  constructor(tell: (line: string) => void) {
    this.#tell = tell;
  }

  ended(flow: FlowRecord): void {
    if (flow.verdict.allowed) return;
    const entry = entryOf(flow);
    const target = targetOf(entry);
    if (isChatter(entry) || this.#told.has(target) || this.#told.size > MAX_TARGETS) return;
    this.#told.add(target);
    if (this.#told.size > MAX_TARGETS) {
      return this.#tell("blocked: more than that, of which nothing is told here");
    }
    const { reason, remedy } = entry;
    this.#tell(`blocked: ${target}${remedy === undefined ? `: ${reason}` : `; allow it with ${remedy}`}`);
  }
}

/** The target as a person names it: by name where the guest was told one. */
export function targetOf({ protocol, name, address = "", port }: FlowEntry): string {
  if (protocol === "dns") return name ?? "a name";
  const host = name ?? (port !== undefined && address.includes(":") ? `[${address}]` : address);
  if (port === undefined) return `ping to ${host}`;
  return `${host}:${port}${protocol === "udp" ? "/udp" : ""}`;
}

/**
 * What programs do unasked, and do without: QUIC before TCP, greetings to all neighbours, names of addresses for a
 * log. It is in the log.
 */
function isChatter({ protocol, name = "", port, remedy }: FlowEntry): boolean {
  if (protocol === "udp") return port === 443 || remedy === undefined;
  return protocol === "dns" && /(^|\.)(in-addr|ip6)\.arpa$/.test(name);
}
