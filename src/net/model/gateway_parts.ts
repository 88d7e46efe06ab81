/**
 * What the gateway's data path asks of those who decide and remember, and nothing of how they do it: the judge
 * of flows, the server of names, the log. Addresses are canonical text as RFC 5952 (IPv6) and dotted decimal
 * (IPv4) have it, names are lower case without a final dot. Types only.
 *
 * @module
 */

/** Where a guest wants to go. */
export interface FlowTarget {
  readonly protocol: "tcp" | "udp" | "icmp";
  /** As the guest wrote it in its packet. */
  readonly address: string;
  /** 0 for ICMP. */
  readonly port: number;
}

/** A flow that may be. */
export interface Allowed {
  readonly allowed: true;
  /** The rule that allows it, as the user wrote it: `--net`, `--allow-host example.com`. */
  readonly rule: string;
  /** What to connect to, in the order to try; the port stays. Never empty. */
  readonly dial: readonly string[];
  /** The name that the guest was told this address for, where there is one. */
  readonly name?: string;
  /** Whether the first bytes of a TCP flow have to be judged before any of them is passed on. */
  readonly inspect: boolean;
}

/** A flow that may not be. */
export interface Denied {
  readonly allowed: false;
  /** Why, in one clause: `no rule allows it`, `it is this host`, `it is a metadata service`. */
  readonly reason: string;
  /** The name that the guest was told this address for, or gave in its first bytes. */
  readonly name?: string;
  /** What would allow it, as an option: `--allow-host evil.example:443`; absent: nothing would. */
  readonly remedy?: string;
}

export type Verdict = Allowed | Denied;

/** Says which flows may be. Never throws, never waits. */
export interface Judge {
  /** At the SYN, the first datagram of a flow, or an echo request. */
  flow(target: FlowTarget): Verdict;
  /**
   * Looks at what the guest said first on a TCP flow whose verdict has `inspect`.
   *
   * @param bytes everything so far, at most 16 KiB
   * @returns `more` while they do not tell; then `final` counts: no more will come in time
   */
  firstBytes(target: FlowTarget, verdict: Allowed, bytes: Uint8Array, final: boolean): Verdict | "more";
  /** A flow that {@linkcode flow} allowed has not begun, or somebody else has refused it: no log is told that it was allowed. */
  unmade(target: FlowTarget): void;
}

/** Answers the DNS messages that a guest sends to the gateway. */
export interface NameServer {
  /**
   * @param query a whole message, of a guest: hostile
   * @param transport by which it came; over UDP the answer fits what the query allows, or is truncated (TC)
   * @returns the answer; `undefined` where there is none to give to such bytes. Never rejects
   */
  answer(query: Uint8Array, transport: "udp" | "tcp"): Promise<Uint8Array | undefined>;
}

/** A flow that ended, or was denied. */
export interface FlowRecord {
  readonly target: FlowTarget;
  readonly verdict: Verdict;
  /** Milliseconds since the Unix epoch. */
  readonly began: number;
  readonly milliseconds: number;
  /** Payload bytes from the guest, and to it. */
  readonly sent: number;
  readonly received: number;
  /** How it ended, in one clause: `closed`, `reset by the server`, `connection refused`, `timed out`. */
  readonly end: string;
}

/** Remembers flows. Never throws, never waits. */
export interface FlowLog {
  ended(flow: FlowRecord): void;
}
