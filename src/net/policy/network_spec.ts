/**
 * The network of a machine as its user wrote it: a plain value of canonical words, which can be stored, compared
 * and changed word by word; rules.ts makes rules of it. Pure.
 *
 * @module
 */
import { SmolvmError } from "../../error.ts";
import { addHostText, parseAddHost } from "./added_host.ts";
import { nameServerText } from "../model/name_server.ts";
import { parseNameServer } from "./name_server.ts";
import { cidrRuleText, parseCidrRule, parseRange } from "./cidr_rule.ts";
import { hostRuleText, parseHostRule } from "./host_rule.ts";
import { checkSecretNames, parseSecret, secretText } from "./secret_rule.ts";
import { cidrText } from "../model/ip.ts";
import { parseRulePorts, PortsError, portsText } from "./ports.ts";
import { refusal } from "./refusal.ts";

/** Most words of one option. */
const MAX_WORDS = 1_024;

/** What a VM reaches. */
export interface NetworkSpec {
  /** Where no rule says otherwise: everything that policy can allow, that without private networks, or nothing. */
  readonly reach: "all" | "public" | "rules";
  /** `example.com:443`, `*.example.com`. */
  readonly allowHosts: readonly string[];
  /** `10.0.0.0/8`, `10.0.0.0/8:80,443`, `[fd00::/8]:443`. */
  readonly allowCidrs: readonly string[];
  /** `10.0.0.0/8`. */
  readonly denyCidrs: readonly string[];
  /** Ports of the host's loopback: `5432`, `8000-8010`. */
  readonly allowLoopback: readonly string[];
  /** Resolvers in place of the host's: `1.1.1.1`, `[2606:4700::1111]:53`. */
  readonly dns: readonly string[];
  /** `db.internal=10.0.0.5`; the address `host-gateway` is the host, as Docker has it. */
  readonly addHosts: readonly string[];
  /** `API_TOKEN=API_TOKEN@api.example.com`: names alone, never a value. */
  readonly secrets: readonly string[];
}

/** The words of the command line. */
export interface NetworkWords {
  /** `--net`, or what stands behind its `=`. */
  readonly net?: boolean | string | undefined;
  readonly allowHost?: readonly string[] | undefined;
  readonly allowCidr?: readonly string[] | undefined;
  readonly denyCidr?: readonly string[] | undefined;
  readonly allowLoopback?: readonly string[] | undefined;
  readonly dns?: readonly string[] | undefined;
  readonly addHost?: readonly string[] | undefined;
  readonly secret?: readonly string[] | undefined;
}

/**
 * Reads the words of a command line. Any `--allow-…` turns the network on, and everything off that no `--allow-…`
 * names. Beside `--net` only those do that which narrow it: `--allow-host` and `--allow-cidr`, which name places that
 * `--net` reaches anyway. `--allow-loopback` names one that it does not, and so adds to it; `--secret`, whose hosts need
 * no other rule, takes nothing away either.
 *
 * @returns `undefined` for no network at all
 * @throws {SmolvmError} kind `usage`
 */
export function parseNetwork(words: NetworkWords): NetworkSpec | undefined {
  const wanted = parseNet(words.net);
  const spec = {
    allowHosts: read("--allow-host", words.allowHost, (word) => hostRuleText(parseHostRule(word))),
    allowCidrs: read("--allow-cidr", words.allowCidr, (word) => cidrRuleText(parseCidrRule(word))),
    denyCidrs: read("--deny-cidr", words.denyCidr, (word) => cidrText(parseRange("--deny-cidr", word))),
    allowLoopback: read("--allow-loopback", words.allowLoopback, loopbackText),
    dns: read("--dns", words.dns, (word) => nameServerText(parseNameServer(word))),
    addHosts: read("--add-host", words.addHost, (word) => addHostText(parseAddHost(word))),
    secrets: read("--secret", words.secret, (word) => secretText(parseSecret(word))),
  };
  checkSecretNames(spec.secrets);
  const narrows = spec.allowHosts.length + spec.allowCidrs.length > 0;
  const allows = narrows || spec.allowLoopback.length > 0;
  if (wanted === "none" && (allows || spec.secrets.length > 0)) {
    throw new SmolvmError("usage", {
      action: "use --net=none",
      reason: `${allows ? "an --allow option" : "--secret"} beside it asks for a network`,
      remedy: "leave one of them out",
    });
  }
  if (!narrows && (wanted === "all" || wanted === "public")) return { reach: wanted, ...spec };
  if (allows || spec.secrets.length > 0) return { reach: "rules", ...spec };
  const idle = [["--deny-cidr", spec.denyCidrs], ["--dns", spec.dns], ["--add-host", spec.addHosts]] as const;
  for (const [option, own] of idle) {
    if (own.length === 0) continue;
    throw new SmolvmError("usage", {
      action: `use ${option}`,
      subject: JSON.stringify(own[0]),
      reason: "there is no network",
      remedy: "add --net",
    });
  }
  return undefined;
}

function parseNet(net: boolean | string | undefined): "all" | "public" | "none" | undefined {
  if (net === undefined || net === false) return undefined;
  if (net === true) return "all";
  if (net === "public" || net === "none") return net;
  const reason = `there is no network ${JSON.stringify(net)}`;
  throw new SmolvmError("usage", {
    action: "use --net",
    subject: JSON.stringify(net),
    reason,
    remedy: "write --net, --net=public or --net=none",
  });
}

function loopbackText(word: string): string {
  try {
    return portsText(parseRulePorts(word));
  } catch (error) {
    if (!(error instanceof PortsError)) throw error;
    throw refusal("--allow-loopback", word, error.message, "write a port, like 5432, or 8000-8010");
  }
}

function read(option: string, words: readonly string[] = [], text: (word: string) => string): string[] {
  if (words.length > MAX_WORDS) {
    throw refusal(option, words[MAX_WORDS] ?? "", `these are ${words.length}`, `give at most ${MAX_WORDS}`);
  }
  return [...new Set(words.map(text))];
}
