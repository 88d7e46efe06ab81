/**
 * Reads `--allow-host NAME[:PORTS]`. Pure.
 *
 * @module
 */
import { HOST_NAME } from "../model/addresses.ts";
import { NameError, type NamePattern, parsePattern, patternText } from "./host_name.ts";
import { parseRulePorts, type Ports, portsText } from "./ports.ts";
import { refusalOf } from "./refusal.ts";

/** A name that may be looked up, and ports where its addresses may be reached. */
export interface HostRule {
  readonly pattern: NamePattern;
  readonly ports: Ports;
  /** As it is written, with its option. */
  readonly words: string;
}

/**
 * Reads `NAME[:PORTS]`.
 *
 * @throws {SmolvmError} kind `usage`
 */
export function parseHostRule(word: string): HostRule {
  const option = "--allow-host";
  // Of an address or a URL parsePattern() says so.
  const [, name = word, ports] = /^([^:]*):([^:/]*(?:\/(?:tcp|udp))?)$/s.exec(word) ?? [];
  try {
    const pattern = parsePattern(name);
    if (pattern.name === "localhost" || pattern.name === HOST_NAME) {
      throw new NameError("it is this host", "allow a port of the host with --allow-loopback PORT");
    }
    const rule = { pattern, ports: ports === undefined ? [] : parseRulePorts(ports) };
    return { ...rule, words: `${option} ${hostRuleText(rule)}` };
  } catch (error) {
    throw refusalOf(error, option, word);
  }
}

/** `example.com:443`. */
export function hostRuleText({ pattern, ports }: Pick<HostRule, "pattern" | "ports">): string {
  return `${patternText(pattern)}${ports.length === 0 ? "" : `:${portsText(ports)}`}`;
}
