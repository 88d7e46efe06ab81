/**
 * The rules of a network, made of its words, and which of them mean a name or an address. Pure.
 *
 * @module
 */
import { addressBits, inCidr, type Ip, parseIp } from "../model/ip.ts";
import { effectiveIp } from "./address_class.ts";
import { type CidrRule, parseCidrRule, parseRange } from "./cidr_rule.ts";
import { matchesName } from "./host_name.ts";
import { type HostRule, parseHostRule } from "./host_rule.ts";
import type { NetworkSpec } from "./network_spec.ts";
import { hasPort, parseRulePorts, type Ports } from "./ports.ts";
import { parseSecret, type SecretRule } from "./secret_rule.ts";

/** What a network's words say. */
export interface Rules {
  readonly reach: NetworkSpec["reach"];
  readonly hosts: readonly HostRule[];
  readonly allow: readonly CidrRule[];
  readonly deny: readonly CidrRule[];
  readonly loopback: readonly { readonly ports: Ports; readonly words: string }[];
}

/** The rules of a network. */
export function rulesOf(spec: NetworkSpec): Rules {
  return {
    reach: spec.reach,
    hosts: [...spec.allowHosts.map(parseHostRule), ...spec.secrets.map(parseSecret).flatMap(secretHosts)],
    allow: spec.allowCidrs.map(parseCidrRule),
    deny: spec.denyCidrs.map((word) => ({
      range: parseRange("--deny-cidr", word),
      ports: [],
      words: `--deny-cidr ${word}`,
    })),
    loopback: spec.allowLoopback.map((word) => ({
      ports: parseRulePorts(word),
      words: `--allow-loopback ${word}`,
    })),
  };
}

/** A secret's hosts may be reached. */
function secretHosts({ name, hosts }: SecretRule): HostRule[] {
  return hosts.map((host) => ({ ...host, words: `--secret ${name}` }));
}

/** Rules of names that allow one; at a port where one is given. */
export function hostRulesFor(rules: Rules, name: string, port?: number): HostRule[] {
  return rules.hosts.filter(({ pattern, ports }) =>
    matchesName(pattern, name) && (port === undefined || hasPort(ports, port))
  );
}

/** The first of some rules that has an address, at a port where one is given. */
export function cidrRuleFor(rules: readonly CidrRule[], ip: Ip, port?: number): CidrRule | undefined {
  return rules.find(({ range, ports }) => inCidr(ip, range) && (port === undefined || hasPort(ports, port)));
}

/**
 * Whether any name may be looked up: where no name is a rule's, because everything is allowed, or every IPv4 or
 * IPv6 address by its range.
 */
export function anyName(rules: Rules): boolean {
  return rules.reach !== "rules" ||
    rules.allow.some(({ range, ports }) => range.bits === 0 && ports.length === 0);
}

/** The option that would allow an address alone. */
export function allowAddress(address: string): string {
  const ip = parseIp(address);
  return ip ? `--allow-cidr ${effectiveIp(ip)}/${addressBits(effectiveIp(ip))}` : `--allow-cidr ${address}`;
}
