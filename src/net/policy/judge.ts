/**
 * Says where a VM may go, when it sends the first packet of a flow. What its first bytes show is judge_bytes.ts's.
 *
 * @module
 */
import { HOST_NAME } from "../model/addresses.ts";
import type { Allowed, Denied, FlowRecord, FlowTarget, Judge, Verdict } from "../model/gateway_parts.ts";
import type { HostFacts } from "../model/host_facts.ts";
import { type Ip, parseIp } from "../model/ip.ts";
import { type AddressClass, classify, effectiveIp, isNever, placesOf } from "./address_class.ts";
import { readFirstBytes } from "./first_bytes.ts";
import { BytesJudge, type NameFacts } from "./judge_bytes.ts";
import { outOfReach } from "./out_of_reach.ts";
import { hasPort } from "./ports.ts";
import { allowAddress, cidrRuleFor, hostRulesFor } from "./rules.ts";

/** What a judge goes by. */
export interface JudgeFacts extends NameFacts {
  readonly host: Pick<HostFacts, "addresses" | "broadcasts">;
}

/** The ports of DNS and of DNS over TLS or QUIC (RFC 7858, RFC 9250), by which names would be asked elsewhere. */
const NAME_SERVICE_PORTS = [53, 853];

/** The judge of one VM. */
export class PolicyJudge implements Judge {
  readonly #facts: JudgeFacts;
  readonly #bytes: BytesJudge;

  constructor(facts: JudgeFacts) {
    this.#facts = facts;
    this.#bytes = new BytesJudge(facts, (target) => this.#judge(target));
  }

  flow(target: FlowTarget): Verdict {
    const verdict = this.#judge(target);
    if (verdict.allowed) this.#facts.pins.hold(target.address);
    return verdict;
  }

  firstBytes(target: FlowTarget, verdict: Allowed, bytes: Uint8Array, final: boolean): Verdict | "more" {
    const shown = readFirstBytes(bytes, final);
    if (shown.kind === "more") return "more";
    const after = this.#bytes.judge(target, verdict, shown);
    if (!after.allowed) this.#facts.pins.release(target.address);
    return after;
  }

  unmade({ address }: FlowTarget): void {
    this.#facts.pins.release(address);
  }

  /** Has to be told of every flow's end, because an address counts as told for as long as a flow to it lives. */
  ended({ target, verdict }: Pick<FlowRecord, "target" | "verdict">): void {
    if (verdict.allowed) this.#facts.pins.release(target.address);
  }

  #judge(target: FlowTarget): Verdict {
    const written = parseIp(target.address);
    if (!written) return { allowed: false, reason: "it is no address" };
    const kind = classify(written, this.#facts.host);
    const ip = effectiveIp(written);
    const address = ip.toString();
    if (kind === "gateway") return this.#gateway(target, address);
    const name = this.#facts.pins.formerNamesAt(address).at(-1);
    const told = name === undefined ? {} : { name };
    if (isNever(kind)) {
      return { allowed: false, reason: outOfReach(kind), ...told, ...hostRemedy(kind, target) };
    }
    const { rules } = this.#facts;
    const denying = placesOf(written).map((place) => cidrRuleFor(rules.deny, place)).find((rule) => rule);
    if (denying) return { allowed: false, reason: `${denying.words} forbids it`, ...told };
    if (rules.reach === "rules") return this.#byRules(target, ip, address);
    if (rules.reach === "public" && kind !== "public") {
      const reason = `it is a ${kind} address, and the network is --net=public`;
      return { allowed: false, reason, ...told, remedy: "--net" };
    }
    const rule = rules.reach === "public" ? "--net=public" : "--net";
    return { allowed: true, rule, dial: [address], ...told, inspect: false };
  }

  /** The gateway itself: it answers echo requests, and behind its ports are those of the host's loopback. */
  #gateway({ protocol, port }: FlowTarget, address: string): Verdict {
    const name = HOST_NAME;
    if (protocol === "icmp") return { allowed: true, rule: "--net", dial: [address], name, inspect: false };
    const rule = this.#facts.rules.loopback.find(({ ports }) => hasPort(ports, port));
    if (rule) return { allowed: true, rule: rule.words, dial: ["127.0.0.1", "::1"], name, inspect: false };
    const reason = `this port of the host is not allowed`;
    return { allowed: false, reason, name, remedy: `--allow-loopback ${port}` };
  }

  #byRules(target: FlowTarget, ip: Ip, address: string): Verdict {
    const { rules, pins } = this.#facts;
    const byAddress = cidrRuleFor(rules.allow, ip, target.port);
    const names = pins.namesAt(address);
    if (byAddress) {
      const name = names.at(-1);
      return {
        allowed: true,
        rule: byAddress.words,
        dial: [address],
        ...(name !== undefined && { name }),
        inspect: false,
      };
    }
    // What is current goes before what was; the name told last is the likeliest one.
    const told = new Set([...names.toReversed(), ...pins.formerNamesAt(address).toReversed()]);
    const verdicts = [...told].flatMap((name) => this.#byName(target, name, address) ?? []);
    const verdict = verdicts.find(({ allowed }) => allowed) ?? verdicts[0];
    if (verdict) return verdict;
    return this.#noRule(target, address);
  }

  /** By a name that the guest was told the address for; nothing where no rule has the name at this port. */
  #byName(target: FlowTarget, name: string, address: string): Verdict | undefined {
    const [rule] = hostRulesFor(this.#facts.rules, name, target.port);
    if (!rule) return undefined;
    if (NAME_SERVICE_PORTS.includes(target.port) && rule.ports.length === 0) {
      const reason = "names are asked at the gateway alone, unless a rule names this port";
      return { allowed: false, reason, name, remedy: `--allow-host ${name}:${target.port}` };
    }
    if (target.protocol === "udp" && target.port === 443) {
      const reason = `QUIC does not show the name that ${rule.words} allows`;
      return { allowed: false, reason, name, remedy: allowAddress(address) };
    }
    // An address whose time is over is as good a way to say the name as any; it is not dialled.
    const current = this.#facts.pins.addressesOf(name);
    const dial = current.includes(address)
      ? [address]
      : current.toReversed().toSorted(sameFamilyFirst(address));
    if (dial.length === 0) {
      const reason = `it was an address of ${name}, which has to be looked up again`;
      return { allowed: false, reason, name };
    }
    return { allowed: true, rule: rule.words, dial, name, inspect: target.protocol === "tcp" };
  }

  #noRule({ protocol, port }: FlowTarget, address: string): Denied {
    const name = this.#facts.pins.formerNamesAt(address).at(-1);
    const isNameService = NAME_SERVICE_PORTS.includes(port);
    const reason = isNameService ? "no rule allows it; names are asked at the gateway" : "no rule allows it";
    if (name === undefined) return { allowed: false, reason, remedy: allowAddress(address) };
    const suffix = protocol === "icmp" ? "" : `:${port}`;
    return { allowed: false, reason, name, remedy: `--allow-host ${name}${suffix}` };
  }
}

function hostRemedy(kind: AddressClass, { protocol, port }: FlowTarget): { remedy?: string } {
  if ((kind !== "host" && kind !== "loopback") || protocol === "icmp") return {};
  return { remedy: `--allow-loopback ${port}` };
}

function sameFamilyFirst(address: string): (one: string, other: string) => number {
  const isSix = address.includes(":");
  const rank = (other: string) => other.includes(":") === isSix ? 0 : 1;
  return (one, other) => rank(one) - rank(other);
}
