/**
 * Which names a VM may look up, and which answers it may be given.
 *
 * @module
 */
import type { Denied } from "../model/gateway_parts.ts";
import type { NamePolicy } from "../model/name_policy.ts";
import { parseIp } from "../model/ip.ts";
import { classify, effectiveIp, isNever } from "./address_class.ts";
import type { JudgeFacts } from "./judge.ts";
import { outOfReach } from "./out_of_reach.ts";
import { allowAddress, anyName, cidrRuleFor, hostRulesFor } from "./rules.ts";

/** The policy of one VM. */
export class PolicyNames implements NamePolicy {
  readonly #facts: JudgeFacts;

  constructor(facts: JudgeFacts) {
    this.#facts = facts;
  }

  /** As the rules are now: they may be changed while the VM runs. */
  get byName(): boolean {
    return !anyName(this.#facts.rules);
  }

  query(name: string): Denied | undefined {
    if (!this.byName || hostRulesFor(this.#facts.rules, name).length > 0) return undefined;
    // A name that is none (an escaped byte, the root) is no word for an option.
    const remedy = /^[a-z0-9_-]+(\.[a-z0-9_-]+)*$/.test(name) ? { remedy: `--allow-host ${name}` } : {};
    return { allowed: false, reason: "no rule allows the name", name, ...remedy };
  }

  /** An allowed name that leads to a private address would let its owner choose servers of this network (DNS rebinding). */
  answer(name: string, address: string): Denied | undefined {
    if (!this.byName) return undefined;
    const ip = parseIp(address);
    if (!ip) return { allowed: false, reason: "its address is none", name };
    const kind = classify(ip, this.#facts.host);
    if (kind === "public") return undefined;
    const leads = `its name server says ${address}`;
    if (isNever(kind) || kind === "gateway") {
      return { allowed: false, reason: `${leads}: ${outOfReach(kind)}`, name };
    }
    if (cidrRuleFor(this.#facts.rules.allow, effectiveIp(ip))) return undefined;
    return {
      allowed: false,
      reason: `${leads}: it is a ${kind} address`,
      name,
      remedy: allowAddress(address),
    };
  }

  told(name: string, address: string, seconds: number): void {
    this.#facts.pins.tell(name, address, seconds);
  }
}
