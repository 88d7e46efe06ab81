/**
 * What is tried in a VM to say whether its network works, as one script of its own shell, and what its output means. Pure.
 *
 * @module
 */
import { GATEWAY_IPV4, HOST_NAME } from "./model/addresses.ts";
import type { FlowEntry } from "./log/flow_entry.ts";
import type { NetworkSpec } from "./policy/network_spec.ts";
import { hostText, parseSecret } from "./policy/secret_rule.ts";

/** One thing that is tried. */
export interface Probe {
  /** As a person calls it: an option of the network, or a target that the user named. */
  readonly what: string;
  /** A name that is looked up, or a port that is connected to; absent: nothing can be tried, for the reason. */
  readonly host?: string;
  readonly port?: number;
  readonly untried?: string;
}

/** What became of it. */
export interface ProbeResult {
  readonly what: string;
  /** `null`: it was not tried. */
  readonly works: boolean | null;
  /** How, or why not, in a clause. */
  readonly how: string;
}

/** The root of all names, which every resolver knows the servers of. */
const ROOT = ".";

/** How long a connection may take, in seconds. */
const CONNECT_SECONDS = 5;

/** Ports that are tried where a rule names none: HTTPS, HTTP. */
const USUAL_PORTS = [443, 80];

/** The probes of a network: its resolver, each of its rules, and targets like `example.com:443`. */
export function probesOf(spec: NetworkSpec, targets: readonly string[] = []): Probe[] {
  return [
    // Where only some names may be looked up, each rule's own look-up shows whether the host's resolvers answer.
    { what: "resolver", host: spec.reach === "rules" ? HOST_NAME : ROOT },
    ...spec.allowHosts.flatMap((word) => ofHost(`--allow-host ${word}`, word)),
    ...spec.secrets.map(parseSecret).flatMap(({ name, hosts }) =>
      hosts.map(hostText).flatMap((host) => ofHost(`--secret ${name} ${host}`, host))
    ),
    ...spec.allowCidrs.flatMap((word) => ofRange(`--allow-cidr ${word}`, word)),
    ...spec.denyCidrs.map((word) => ({ what: `--deny-cidr ${word}`, untried: "what it names is refused" })),
    ...spec.allowLoopback.flatMap((word) =>
      firstPorts(word).map((port) => ({ what: `--allow-loopback ${word}`, host: GATEWAY_IPV4, port }))
    ),
    ...targets.flatMap((word) => ofHost(word, word)),
  ];
}

/** `example.com:443`, `*.example.com`, `[2001:db8::1]:443`. */
function ofHost(what: string, word: string): Probe[] {
  const [, six, four = "", ports] = /^(?:\[([^\]]+)\]|([^:]*))(?::(.+))?$/.exec(word) ?? [, word];
  const host = six ?? four;
  if (host.startsWith("*.")) {
    return [{ what, untried: `name a host of it: smolvm microvm network-test MACHINE api${host.slice(1)}` }];
  }
  if (ports !== undefined) return firstPorts(ports).map((port) => ({ what, host, port }));
  const isAddress = six !== undefined || /^[\d.]+$/.test(host);
  return [
    ...(isAddress ? [] : [{ what, host }]),
    ...(isAddress || what === word ? USUAL_PORTS : []).map((port) => ({
      what: `${what} port ${port}`,
      host,
      port,
    })),
  ];
}

function ofRange(what: string, word: string): Probe[] {
  const [, address = word, bits, ports] = /^\[?([^\]/]+)(?:\/(\d+))?\]?(?::(.+))?$/.exec(word) ?? [];
  const isOne = bits === (address.includes(":") ? "128" : "32");
  if (!isOne) return [{ what, untried: "it is a range: name an address of it behind the machine" }];
  return firstPorts(ports ?? USUAL_PORTS.join(",")).map((port) => ({ what, host: address, port }));
}

/** The first port of each range. */
function firstPorts(words: string): number[] {
  return words.split(",").map((word) => Number(word.split("-")[0])).filter((port) => port > 0);
}

/** The script: all at once, each with one line `NUMBER CODE WORDS`. */
export function probeScript(probes: readonly Probe[]): string {
  const lines = probes.flatMap(({ host, port }, index) => {
    if (host === undefined) return [];
    if (host === ROOT) return [`name ${index} ${host} -type=ns &`];
    return [port === undefined ? `name ${index} '${host}' &` : `port ${index} '${host}' ${port} &`];
  });
  return [
    `name() { said=$(nslookup $3 "$2" 2>&1); echo "$1" $? $said; }`,
    `port() { said=$(nc -z -w ${CONNECT_SECONDS} "$2" "$3" 2>&1); echo "$1" $? $said; }`,
    ...lines,
    "wait",
  ].join("\n");
}

/**
 * Reads what the script printed.
 *
 * @param flows those of the machine's log since the script began, which know why a connection failed
 */
export function readProbes(
  probes: readonly Probe[],
  output: string,
  flows: readonly FlowEntry[],
): ProbeResult[] {
  const said = new Map(
    [...output.matchAll(/^(\d+) (\d+) ?(.*)$/gm)].map(([, index, code, words = ""]) => [
      Number(index),
      { code: Number(code), words },
    ]),
  );
  return probes.map((probe, index) => {
    const { what, untried } = probe;
    if (untried !== undefined) return { what, works: null, how: untried };
    const found = said.get(index);
    if (!found) return { what, works: false, how: "the machine did not say" };
    if (probe.port === undefined) return { what, ...lookedUp(found, what === "resolver") };
    return { what, ...connected(probe, found, flows) };
  });
}

interface Said {
  readonly code: number;
  readonly words: string;
}

function lookedUp({ code, words }: Said, resolver: boolean): Omit<ProbeResult, "what"> {
  const addresses = [...words.matchAll(/Name: \S+ Address: (\S+)/g)].map(([, address = ""]) => address);
  if (resolver && (code === 0 || /NXDOMAIN/.test(words))) return { works: true, how: "it answers" };
  if (code === 0 && addresses.length > 0) return { works: true, how: `has ${addresses.join(", ")}` };
  if (/NXDOMAIN/.test(words)) return { works: false, how: "there is no such name" };
  if (/SERVFAIL/.test(words)) return { works: false, how: "no resolver of this host has an answer" };
  return { works: false, how: code === 0 ? "it has no address" : "the resolver does not answer" };
}

function connected(
  { host, port }: Probe,
  { code, words }: Said,
  flows: readonly FlowEntry[],
): Omit<ProbeResult, "what"> {
  if (code === 0) return { works: true, how: `port ${port} answers` };
  if (/bad address/.test(words)) return { works: false, how: "there is no such name" };
  const flow = flows.findLast((one) => one.port === port && (one.name === host || one.address === host));
  if (flow?.verdict === "denied") {
    const remedy = flow.remedy === undefined ? "" : `; allow it with ${flow.remedy}`;
    return { works: false, how: `port ${port}: ${flow.reason ?? "denied"}${remedy}` };
  }
  return { works: false, how: `port ${port}: ${flow?.end ?? `no answer within ${CONNECT_SECONDS} s`}` };
}
