/**
 * Options of a VM's network: declared once for `run`, `create` and `update`. What their words mean is
 * src/net/policy/network_spec.ts.
 *
 * @module
 */
import { type Command, Option } from "commander";
import type { NetworkWish } from "../../actions/network_wish.ts";
import { collect } from "./values.ts";

/** The options' words. */
export interface NetworkOptions {
  readonly net?: boolean;
  readonly allowHost: readonly string[];
  readonly allowCidr: readonly string[];
  readonly denyCidr: readonly string[];
  readonly allowLoopback: readonly string[];
  readonly dns: readonly string[];
  readonly addHost: readonly string[];
  readonly secret: readonly string[];
  readonly proxyEnv?: boolean;
}

/** What `--net` takes behind `=`: each is an option to Commander, because `--net` alone must not take the image's name. */
const REACHES = { "public": "the internet alone", "none": "none, which is the default" } as const;

/** Docker's networks, in two words. */
const DOCKERS = /^(none|host|bridge|default|container:.*)$/;

/** Adds the options. */
export function addNetworkOptions(command: Command): Command {
  command.option("--net", "a network: the internet and private networks, but never this host");
  for (const [reach, what] of Object.entries(REACHES)) {
    command.addOption(new Option(`--net=${reach}`, `a network: ${what}`));
  }
  command
    .option("--allow-host <name[:ports]>", "reach this name, or *.NAME, and nothing else", collect, [])
    .option("--allow-cidr <range[:ports]>", "reach these addresses, and nothing else", collect, [])
    .option("--deny-cidr <range>", "do not reach these addresses", collect, [])
    .option(
      "--allow-loopback <ports>",
      "reach this port of this host, at host.smolvm.internal, and without --net nothing else",
      collect,
      [],
    )
    .option("--dns <address>", "ask this server for names, and not those of this host", collect, [])
    .option("--add-host <name:address>", "give a name an address", collect, [])
    .option(
      "--secret <name=variable@host,...>",
      "give programs a stand-in as NAME; these hosts alone get the value of this host's VARIABLE",
      collect,
      [],
    );
  const parse = command.parseOptions.bind(command);
  command.parseOptions = (words) => parse(dockerNet(words, command.options));
  return command;
}

/** Adds `--proxy-env`, for a command that runs an image's. */
export function addProxyOption(command: Command): Command {
  return command.option("--proxy-env", "give the command this host's proxy: HTTP_PROXY and its like");
}

/** Reads the options; absent when none was given. The use case judges the words first of all. */
export function readNetwork(options: NetworkOptions): { readonly network?: NetworkWish } {
  const { allowHost, allowCidr, denyCidr, allowLoopback, dns, addHost, secret, proxyEnv } = options;
  const given = options as unknown as Readonly<Record<string, unknown>>;
  const reach = Object.keys(REACHES).findLast((one) => given[`net=${one}`] === true);
  const net = reach ?? options.net;
  const lists = { allowHost, allowCidr, denyCidr, allowLoopback, dns, addHost, secret };
  const named = Object.entries(lists).filter(([, words]) => words.length > 0);
  if (net === undefined && !proxyEnv && named.length === 0) return {};
  const own = { ...(net !== undefined && { net }), ...(proxyEnv && { proxyEnv }) };
  return { network: { ...own, ...Object.fromEntries(named) } };
}

/** An option, as far as it matters how many words it takes. */
type Taker = Pick<Option, "short" | "long" | "required">;

/** Words of a command line with Docker's `--net MODE` as `--network MODE`, which says what there is. Pure. */
export function dockerNet(words: readonly string[], options: readonly Taker[]): string[] {
  const takes = (flag: string): boolean =>
    options.some(({ short, long, required }) => required && (short === flag || long === flag));
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? "";
    // The image's name, and behind it the words of the command.
    if (word === "--" || !/^-./.test(word)) break;
    if (word === "--net" && DOCKERS.test(words[at + 1] ?? "")) return words.with(at, "--network");
    if (word.startsWith("--") ? takes(word) : lastLetterTakes(word, takes)) at++;
  }
  return [...words];
}

/** Whether the value of `-it` or `-ite` is the next word: the first letter that takes one has what stands behind it. */
function lastLetterTakes(word: string, takes: (flag: string) => boolean): boolean {
  const letters = [...word.slice(1)];
  return letters.findIndex((letter) => takes(`-${letter}`)) === letters.length - 1;
}
