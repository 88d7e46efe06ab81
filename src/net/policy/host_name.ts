/**
 * Names of hosts in rules: how one is written, and which it means. Pure.
 *
 * @module
 */
import { parseIp } from "../model/ip.ts";

/** What a rule allows by name. */
export interface NamePattern {
  /** Lower case, A-labels (RFC 5890), no final dot. */
  readonly name: string;
  /** `*.NAME`: every name below it, at any depth, and not the name itself (RFC 6125, RFC 4592). */
  readonly below: boolean;
}

/** Why words are no name, and what to write. */
export class NameError extends Error {
  override readonly name = "NameError";
  readonly remedy: string;
  /** What they are instead, where an option has a remedy of its own for that. */
  readonly kind: "address" | "every name" | "other";

  constructor(reason: string, remedy: string, kind: NameError["kind"] = "other") {
    super(reason);
    this.remedy = remedy;
    this.kind = kind;
  }
}

const EXAMPLE = "write a name like example.com or *.example.com";

/**
 * A name as DNS has it: lower case, international ones in A-labels, without the final dot.
 *
 * @throws {NameError}
 */
export function parseHostName(text: string): string {
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(text)) {
    throw new NameError("it is a URL", "leave out everything but the name and the port");
  }
  if (text.includes("/")) {
    throw new NameError("it has a path", "leave out everything but the name and the port");
  }
  if (text.includes("@")) {
    throw new NameError("it has a user", "leave out everything but the name and the port");
  }
  if (parseIp(text.replace(/^\[(.*)\](:\d+)?$/, "$1"))) {
    throw new NameError("it is an address, not a name", "allow addresses with --allow-cidr", "address");
  }
  // UTS 46, as browsers have it; the characters that a URL gives a meaning to are sorted out before.
  const ascii = /[\s%?#\\:[\]<>^|"'*]/.test(text) ? undefined : URL.parse(`http://${text}/`)?.hostname;
  const name = ascii?.replace(/\.$/, "") ?? "";
  const labels = name.split(".");
  const sound = name.length <= 253 && labels.every((label) => /^[a-z0-9_]([a-z0-9_-]{0,62})$/.test(label));
  // 1.2 and 0x7f.1 are addresses to a URL and to a resolver.
  if (!sound || parseIp(name) || /^(\d+|0x[0-9a-f]*)$/.test(labels.at(-1) ?? "")) {
    throw new NameError(
      text === "" ? "it has no name" : `${JSON.stringify(text)} is no name of a host`,
      EXAMPLE,
    );
  }
  return name;
}

/**
 * Reads the name of a rule: one name, or `*.` and a name of two labels or more.
 *
 * @throws {NameError}
 */
export function parsePattern(text: string): NamePattern {
  const below = text.startsWith("*.");
  const rest = below ? text.slice(2) : text;
  if (text === "*") {
    throw new NameError("* is every name", "write --net for the whole network", "every name");
  }
  if (rest.includes("*")) {
    throw new NameError(
      "a * can only be the whole first label",
      "write *.example.com for all names below it",
    );
  }
  const name = parseHostName(rest);
  if (below && !name.includes(".")) {
    throw new NameError(
      `*.${name} would be a whole top-level domain`,
      "name at least two labels after the *",
    );
  }
  return { name, below };
}

/** `example.com` or `*.example.com`. */
export function patternText({ name, below }: NamePattern): string {
  return below ? `*.${name}` : name;
}

/** Whether a pattern means a name (lower case, no final dot). */
export function matchesName({ name: own, below }: NamePattern, name: string): boolean {
  return below ? name.endsWith(`.${own}`) && name.length > own.length + 1 : name === own;
}
