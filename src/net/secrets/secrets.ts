/**
 * The secrets of one VM, in memory alone: their values, the placeholders that programs inside have in their place, and
 * the hosts that each may go to.
 *
 * @module
 */
import { SmolvmError } from "../../error.ts";
import { isSecretHost, parseSecret, type SecretRule } from "../policy/secret_rule.ts";

/** Longest value, in bytes: servers take no longer header. */
const MAX_VALUE_BYTES = 16_384;

/** Bytes of chance in a placeholder. */
const RANDOM_BYTES = 16;

/** What every placeholder begins with. */
const PREFIX = "smolvm_secret_";

/** Length of every placeholder, in characters of `[a-z0-9_]`, which stay as they are in URLs, JSON and headers. */
export const PLACEHOLDER_LENGTH = PREFIX.length + 2 * RANDOM_BYTES;

/** A secret with its value. */
export interface Secret {
  readonly name: string;
  readonly placeholder: string;
  readonly value: string;
}

/** The secrets as one server may see them. */
export interface SecretsThere {
  /** Those whose values it gets. */
  readonly due: readonly Secret[];
  /** Those whose placeholders must not even reach it. */
  readonly foreign: readonly Secret[];
}

interface Held extends Secret {
  readonly variable: string;
  rule: SecretRule;
}

/** The secrets. */
export class Secrets {
  #held: readonly Held[];

  /**
   * Takes the values of some words.
   *
   * @param environment the host's, of whoever starts the VM
   * @throws {SmolvmError} kind `usage` where a value is missing, or can stand in no header
   */
  constructor(
    words: readonly string[],
    environment: Readonly<Record<string, string | undefined>>,
  ) {
    this.#held = words.map(parseSecret).map((rule) => ({
      name: rule.name,
      variable: rule.variable,
      placeholder: `${PREFIX}${crypto.getRandomValues(new Uint8Array(RANDOM_BYTES)).toHex()}`,
      value: valueOf(rule, environment),
      rule,
    }));
  }

  /** Variables of the programs inside: K=V, with placeholders as values. */
  get variables(): string[] {
    return this.#held.map(({ name, placeholder }) => `${name}=${placeholder}`);
  }

  /** Whether any secret may go to a host, so that TLS to it is to be ended here. */
  isFor(host: string, port: number): boolean {
    return this.#held.some(({ rule }) => isSecretHost(rule, host, port));
  }

  /** What a server may see. @param host as its certificate proves it; absent: no server that is proven */
  at(host: string | undefined, port: number): SecretsThere {
    const isDue = ({ rule }: Held) => host !== undefined && isSecretHost(rule, host, port);
    return { due: this.#held.filter(isDue), foreign: this.#held.filter((secret) => !isDue(secret)) };
  }

  /**
   * Other words count from now on: hosts change, and what is no more among the words goes nowhere. What is new comes at
   * the next start, when the guest gets its placeholder.
   */
  change(words: readonly string[]): void {
    const rules = words.map(parseSecret);
    for (const held of this.#held) {
      const { name, variable } = held;
      const rule = rules.find((rule) => rule.name === name && rule.variable === variable);
      held.rule = rule ?? { name, variable, hosts: [] };
    }
  }
}

function valueOf(
  { name, variable }: SecretRule,
  environment: Readonly<Record<string, string | undefined>>,
): string {
  const value = environment[variable];
  const wanted = { action: "use --secret", subject: name };
  if (value === undefined || value === "") {
    const reason = `${variable} is ${value === undefined ? "not set" : "empty"} on this host`;
    throw new SmolvmError("usage", { ...wanted, reason, remedy: `export ${variable}, and try again` });
  }
  // deno-lint-ignore no-control-regex -- none may be in a header (RFC 9110 5.5)
  if (/[\x00-\x1f\x7f]/.test(value)) {
    const reason =
      `the value of ${variable} has a line break or another control character, which no header can have`;
    throw new SmolvmError("usage", { ...wanted, reason, remedy: "leave it out of the value" });
  }
  if (new TextEncoder().encode(value).length > MAX_VALUE_BYTES) {
    const reason = `the value of ${variable} is longer than ${MAX_VALUE_BYTES / 1024} KiB`;
    throw new SmolvmError("usage", { ...wanted, reason, remedy: "use a shorter one" });
  }
  return value;
}
