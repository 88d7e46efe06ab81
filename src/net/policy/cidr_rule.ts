/**
 * Reads `--allow-cidr CIDR[:PORTS]` and `--deny-cidr CIDR`. Pure.
 *
 * @module
 */
import { type Cidr, cidrText, firstOf, parseCidr } from "../model/ip.ts";
import { classOfRange, effectiveIp } from "./address_class.ts";
import { parseRulePorts, type Ports, portsText } from "./ports.ts";
import { refusal, refusalOf } from "./refusal.ts";

/** Addresses that may be reached. */
export interface CidrRule {
  readonly range: Cidr;
  readonly ports: Ports;
  readonly words: string;
}

/**
 * Reads `CIDR[:PORTS]`; with ports, an IPv6 range or its address stands in brackets.
 *
 * @throws {SmolvmError} kind `usage`
 */
export function parseCidrRule(word: string): CidrRule {
  const option = "--allow-cidr";
  const [, bracketed, behind = "", six, four, fourPorts] =
    /^(?:\[([^\]]*)\](\/\d+)?(?::(.*))?|([^:]*):(.*))$/s.exec(word) ?? [];
  const text = bracketed === undefined ? four ?? word : `${bracketed}${behind}`;
  // 2001:db8::/32 has colons and no ports.
  const isSix = bracketed === undefined && (word.match(/:/g)?.length ?? 0) > 1;
  const ports = isSix ? undefined : six ?? fourPorts;
  const range = parseRange(option, isSix ? word : text, word);
  const kind = classOfRange(range);
  if (kind === "loopback" || kind === "host") {
    throw refusal(option, word, "it is this host", "allow a port of the host with --allow-loopback PORT");
  }
  if (kind !== undefined) {
    throw refusal(option, word, `${KIND_WORDS[kind] ?? kind} is never reachable`, "leave it out");
  }
  try {
    const rule = { range, ports: ports === undefined ? [] : parseRulePorts(ports) };
    return { ...rule, words: `${option} ${cidrRuleText(rule)}` };
  } catch (error) {
    throw refusalOf(error, option, word);
  }
}

const KIND_WORDS: Readonly<Record<string, string>> = {
  segment: "the link between a VM and its gateway",
  "link-local": "a link-local address",
  metadata: "a cloud's metadata service",
  multicast: "a multicast address",
  broadcast: "a broadcast address",
};

/** `10.0.0.0/8:443`, `[fd00::/8]:443`. */
export function cidrRuleText({ range, ports }: Pick<CidrRule, "range" | "ports">): string {
  const text = cidrText(range);
  if (ports.length === 0) return text;
  return `${text.includes(":") ? `[${text}]` : text}:${portsText(ports)}`;
}

/**
 * Reads a range of addresses. Bits behind the prefix are refused, as Docker refuses them: who writes 10.1.2.3/8 may
 * have meant either.
 *
 * @param word as the user wrote it, where the text is only a part of it
 * @throws {SmolvmError} kind `usage`
 */
export function parseRange(option: string, text: string, word = text): Cidr {
  const range = parseCidr(text);
  if (!range) {
    const remedy = option === "--allow-cidr" && /^[^/:]*[a-z][^/:]*(:|$)/i.test(word)
      ? "allow names with --allow-host"
      : "write a range like 10.0.0.0/8, or an address; [fd00::/8]:443 with ports";
    throw refusal(option, word, `${JSON.stringify(text)} is no range of addresses`, remedy);
  }
  const first = firstOf(range);
  if (cidrText(first) !== cidrText(range)) {
    throw refusal(option, word, "it has bits behind its prefix", `write ${cidrText(first)} or ${range.base}`);
  }
  // ::ffff:10.0.0.0/104 is 10.0.0.0/8, which is what packets have.
  const base = effectiveIp(range.base);
  return base === range.base || range.bits < 96 ? range : { base, bits: range.bits - 96 };
}
