/**
 * Who may go where, and the names to go by, for one VM: the judge and the server of names share what the VM was told.
 *
 * @module
 */
import { Forwarder } from "./dns/forwarder.ts";
import { GatewayNames } from "./dns/gateway_names.ts";
import { LocalNames } from "./dns/local_names.ts";
import { HostResolvers, type ResolverSettings } from "./dns/resolvers.ts";
import { DNS_PORT, readNameServer } from "./model/name_server.ts";
import { GATEWAY_IPV4 } from "./model/addresses.ts";
import type { Denied, FlowLog, FlowRecord, Judge, NameServer } from "./model/gateway_parts.ts";
import type { HostFacts } from "./model/host_facts.ts";
import { parseAddHost } from "./policy/added_host.ts";
import { PolicyJudge } from "./policy/judge.ts";
import type { NetworkSpec } from "./policy/network_spec.ts";
import { Pins } from "./policy/pins.ts";
import { PolicyNames } from "./policy/policy_names.ts";
import { rulesOf } from "./policy/rules.ts";
import { ThisHost } from "./this_host.ts";

/** What a gateway is made with. */
export interface PolicyParts {
  readonly judge: Judge;
  readonly names: NameServer;
  /** Is told of flows in place of the log that was given, which it tells in turn. */
  readonly log: FlowLog;
  /**
   * Another network counts from now on. What the guest was told for names stays told; flows that are open have to be
   * judged again.
   */
  change(spec: NetworkSpec): void;
}

/** What is otherwise than usual. */
export interface PolicyOptions {
  readonly host?: HostFacts;
  readonly resolvers?: { current(): ResolverSettings; failed(): void };
  readonly forwarder?: Pick<Forwarder, "ask">;
  /** Milliseconds of a clock that never goes back. */
  readonly now?: () => number;
}

/**
 * Makes the parts for a VM.
 *
 * @param spec its network; words that do not fit it cannot be in it (network_spec.ts)
 * @param log is told of every flow, and of every name that was refused, as a flow to the gateway's port of DNS
 */
export function policyParts(spec: NetworkSpec, log: FlowLog, options: PolicyOptions = {}): PolicyParts {
  const now = options.now ?? (() => performance.now());
  const host = options.host ?? new ThisHost();
  const ofHost = options.resolvers ?? new HostResolvers();
  const pins = new Pins(now);
  const facts = { rules: rulesOf(spec), pins, host };
  const judge = new PolicyJudge(facts);
  const known = {
    policy: new PolicyNames(facts),
    ...namesOf(spec, ofHost, pins),
    forwarder: options.forwarder ?? new Forwarder(),
    reachesIpv6: () => host.reachesIpv6(),
    denied: (denial: Denied, query: { bytes: number; transport: "udp" | "tcp" }) =>
      log.ended(deniedName(denial, query)),
    now,
  };
  return {
    judge,
    names: new GatewayNames(known),
    log: {
      ended: (flow) => {
        judge.ended(flow);
        log.ended(flow);
      },
    },
    change: (next) => {
      facts.rules = rulesOf(next);
      // What is added no more is known a minute longer; the flows that there are hold their addresses when they are judged.
      pins.releaseAll();
      Object.assign(known, namesOf(next, ofHost, pins));
    },
  };
}

interface Resolvers {
  current(): ResolverSettings;
  failed(): void;
}

/** The names that are added, and whom to ask for all others. */
function namesOf(
  { dns, addHosts }: NetworkSpec,
  ofHost: Resolvers,
  pins: Pins,
): { local: LocalNames; resolvers: Resolvers } {
  const added = addHosts.map(parseAddHost);
  // They are in the guest's /etc/hosts as well, so most programs never ask for them.
  for (const { name, address } of added) pins.keep(name, address);
  return { local: new LocalNames(added), resolvers: dns.length === 0 ? ofHost : chosen(dns, ofHost) };
}

/** Resolvers that the user named, with the host's search domains. */
function chosen(words: readonly string[], host: Resolvers): Resolvers {
  const servers = words.flatMap((word) => readNameServer(word) ?? []);
  return { current: () => ({ ...host.current(), servers }), failed: () => {} };
}

function deniedName(
  verdict: Denied,
  { bytes, transport }: { bytes: number; transport: "udp" | "tcp" },
): FlowRecord {
  return {
    target: { protocol: transport, address: GATEWAY_IPV4, port: DNS_PORT },
    verdict,
    began: Date.now(),
    milliseconds: 0,
    sent: bytes,
    received: 0,
    end: "no such name",
  };
}
