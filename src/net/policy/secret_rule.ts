/**
 * Reads `--secret NAME=ENVVAR@HOST[,HOST]`, which has names and no value. Pure.
 *
 * @module
 */
import { HOST_NAME } from "../model/addresses.ts";
import { matchesName, NameError, type NamePattern, parsePattern, patternText } from "./host_name.ts";
import { hasPort, parseRulePorts, type Ports, portsText } from "./ports.ts";
import { refusal, refusalOf } from "./refusal.ts";

/** Where a secret may go. */
export interface SecretHost {
  readonly pattern: NamePattern;
  /** One port, or every port. */
  readonly ports: Ports;
}

/** A secret, but for its value. */
export interface SecretRule {
  /** The variable that programs inside see. */
  readonly name: string;
  /** The variable of the host that has the value. */
  readonly variable: string;
  readonly hosts: readonly SecretHost[];
}

const OPTION = "--secret";
const EXAMPLE = "write NAME=ENVVAR@HOST, like API_TOKEN=API_TOKEN@api.example.com";

/** A variable's name as POSIX shells have it. */
const VARIABLE = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** Most hosts of one secret. */
const MAX_HOSTS = 64;

/**
 * Reads one.
 *
 * @throws {SmolvmError} kind `usage`
 */
export function parseSecret(word: string): SecretRule {
  const [, name = "", variable = "", hosts] = /^([^=@]*)=([^@]*)@(.*)$/s.exec(word) ?? [];
  if (hosts === undefined) {
    const reason = !word.includes("=") ? "it names no variable of this host" : "it names no host";
    throw refusal(OPTION, word, reason, EXAMPLE);
  }
  for (const text of [name, variable]) {
    if (VARIABLE.test(text)) continue;
    throw refusal(OPTION, word, `${JSON.stringify(text)} is no name of a variable`, EXAMPLE);
  }
  const words = hosts.split(",");
  if (words.length > MAX_HOSTS) {
    throw refusal(OPTION, word, `these are ${words.length} hosts`, `name at most ${MAX_HOSTS}`);
  }
  const texts = [...new Set(words.map((host) => hostText(parseSecretHost(host, word))))];
  return { name, variable, hosts: texts.map((host) => parseSecretHost(host, word)) };
}

/** As it is stored: `API_TOKEN=API_TOKEN@api.example.com,*.example.org:8443`. */
export function secretText({ name, variable, hosts }: SecretRule): string {
  return `${name}=${variable}@${hosts.map(hostText).join(",")}`;
}

/** Whether a secret may go to a host, by its name (lower case, no final dot) and port. */
export function isSecretHost({ hosts }: Pick<SecretRule, "hosts">, host: string, port: number): boolean {
  return hosts.some(({ pattern, ports }) => matchesName(pattern, host) && hasPort(ports, port));
}

/** Secrets of some words, of which no two may have the same name. @throws {SmolvmError} kind `usage` */
export function checkSecretNames(words: readonly string[]): void {
  const seen = new Map<string, string>();
  for (const word of words) {
    const { name } = parseSecret(word);
    if (seen.has(name)) {
      throw refusal(
        OPTION,
        word,
        `there is another one for ${name}`,
        "name all its hosts in one, with commas",
      );
    }
    seen.set(name, word);
  }
}

/** Whether all secrets of some words are among those of others, whatever their hosts. Pure. */
export function hasSecretsOf(words: readonly string[], before: readonly string[]): boolean {
  const keys = (list: readonly string[]) =>
    list.map(parseSecret).map(({ name, variable }) => `${name}=${variable}`);
  const known = new Set(keys(before));
  return keys(words).every((key) => known.has(key));
}

/** `api.example.com:8443`. */
export function hostText({ pattern, ports }: SecretHost): string {
  return `${patternText(pattern)}${ports.length === 0 ? "" : `:${portsText(ports)}`}`;
}

function parseSecretHost(text: string, word: string): SecretHost {
  const [, name = text, port] = /^([^:]*):([^:/]*)$/s.exec(text) ?? [];
  try {
    const pattern = parsePattern(name);
    if (pattern.name === "localhost" || pattern.name === HOST_NAME) {
      throw new NameError("it is this host", "name a server that has a certificate");
    }
    return { pattern, ports: port === undefined ? [] : parseRulePorts(port) };
  } catch (error) {
    // A secret goes by the name that a certificate proves: no address can be allowed in its place.
    if (error instanceof NameError && error.kind === "address") {
      throw refusal(OPTION, word, error.message, "name the server as its certificate does");
    }
    if (error instanceof NameError && error.kind === "every name") {
      throw refusal(OPTION, word, error.message, "name the hosts that the secret is for");
    }
    throw refusalOf(error, OPTION, word);
  }
}
