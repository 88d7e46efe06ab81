/**
 * Says whether a flow that a name rule allows shows that name: TLS and HTTP carry one, and a server that has many
 * names would otherwise be a way to all of them.
 *
 * @module
 */
import type { Allowed, Denied, FlowTarget, Verdict } from "../model/gateway_parts.ts";
import { canonicalIp } from "../model/ip.ts";
import type { Shown } from "./first_bytes.ts";
import type { Authority } from "./http_request.ts";
import type { Pins } from "./pins.ts";
import type { HostRule } from "./host_rule.ts";
import { allowAddress, hostRulesFor, type Rules } from "./rules.ts";

/** What a judge of names goes by. */
export interface NameFacts {
  readonly rules: Rules;
  readonly pins: Pins;
}

/** What first bytes have told. */
type Told = Exclude<Shown, { kind: "more" }>;

/** The judge of first bytes. */
export class BytesJudge {
  readonly #facts: NameFacts;
  readonly #flow: (target: FlowTarget) => Verdict;

  /** @param flow judges a target by its address */
  constructor(facts: NameFacts, flow: (target: FlowTarget) => Verdict) {
    this.#facts = facts;
    this.#flow = flow;
  }

  /** The verdict of a flow, once its first bytes have told what they tell. */
  judge(target: FlowTarget, verdict: Allowed, shown: Told): Verdict {
    if (shown.kind === "unreadable") {
      return denied(`the server's name in its first bytes cannot be read (${shown.what})`, verdict.name);
    }
    // Neither TLS nor HTTP: the address is all there is, and it was told for an allowed name.
    if (shown.kind === "other") return verdict;
    if (shown.proxied) return this.#proxied(target, shown.proxied, shown.server) ?? verdict;
    // A client that says only the address names no server.
    const isNamed = shown.server && canonicalIp(shown.server.host) !== canonicalIp(target.address);
    if (!shown.server || !isNamed) return this.#unnamed(target, verdict) ?? verdict;
    return this.#server(target, shown.server) ?? { ...verdict, name: shown.server.host };
  }

  /** A client that names no server: every name that the address has must be allowed here. */
  #unnamed(target: FlowTarget, verdict: Allowed): Denied | undefined {
    const other = this.#candidates(target).find((name) => this.#rules(name, target.port).length === 0);
    if (other === undefined) return undefined;
    const reason = `the client does not say which server it wants, and ${other} is at this address too`;
    return denied(reason, verdict.name, `--allow-host ${other}:${target.port}`);
  }

  /** The name that the client says must be one that a rule has, and that led to this address. */
  #server(target: FlowTarget, { host }: Authority): Denied | undefined {
    const rules = this.#rules(host, target.port);
    if (rules.length === 0) {
      const isIp = canonicalIp(host) !== undefined;
      const remedy = isIp ? allowAddress(host) : `--allow-host ${host}:${target.port}`;
      return denied(`no rule allows ${host}, which the client asks for at this address`, host, remedy);
    }
    // A connection that is kept open serves names of one rule: a wildcard's names share certificates and servers.
    const led = this.#candidates(target).some((name) =>
      name === host || this.#rules(name, target.port).some((rule) => rules.includes(rule))
    );
    if (led) return undefined;
    return denied(`${host} was not looked up to this address`, host, allowAddress(target.address));
  }

  /** Through a proxy that a rule allows, a guest gets no further than without. */
  #proxied(target: FlowTarget, { host, port = 443 }: Authority, server?: Authority): Denied | undefined {
    const through = "which the client asks a proxy for";
    const address = canonicalIp(host);
    if (address !== undefined) {
      const verdict = this.#flow({ protocol: "tcp", address, port });
      return verdict.allowed ? undefined : { ...verdict, reason: `${host}, ${through}: ${verdict.reason}` };
    }
    for (const name of [host, ...(server && server.host !== host ? [server.host] : [])]) {
      // HTTP/1.1 clients of proxies put the proxy's own name into Host with CONNECT at times.
      if (
        this.#rules(name, port).length > 0 || (name !== host && this.#rules(name, target.port).length > 0)
      ) continue;
      return denied(`no rule allows ${name}, ${through}`, name, `--allow-host ${name}:${port}`);
    }
    return undefined;
  }

  #rules(name: string, port: number): HostRule[] {
    return hostRulesFor(this.#facts.rules, name, port);
  }

  #candidates({ address }: FlowTarget): string[] {
    const canonical = canonicalIp(address) ?? address;
    const current = this.#facts.pins.namesAt(canonical);
    return current.length > 0 ? current : this.#facts.pins.formerNamesAt(canonical);
  }
}

function denied(reason: string, name?: string, remedy?: string): Denied {
  return {
    allowed: false,
    reason,
    ...(name !== undefined && { name }),
    ...(remedy !== undefined && { remedy }),
  };
}
