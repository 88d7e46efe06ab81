/**
 * Reads the values of `-p`, by Docker's rules. Pure; every refusal says what would be right.
 *
 * @module
 */
import { SmolvmError } from "../error.ts";
import { LOOPBACKS, placeWords, type PortProtocol, type PublishedPort } from "./published_port.ts";

/** Most ports of one command line or machine. */
const MAX_PORTS = 1_024;

const FORM = "write [ADDR:][HOST:]GUEST[/udp], like 8080:80 or 127.0.0.1:8000-8010:8000-8010";

/**
 * Reads words such as `8080:80`, `[::1]:8080:80`, `5353:53/udp`, `80`, or `8000-8010:8000-8010`. A range of the host
 * for one port of the guest is where a free one is looked for.
 *
 * @throws {SmolvmError} kind `usage` when one is malformed, or a port of the host is named twice
 */
export function parsePorts(words: readonly string[]): PublishedPort[] {
  const ports = words.flatMap((word) => parsePort(word).map((port) => ({ word, port })));
  if (ports.length > MAX_PORTS) {
    throw refusal(words.at(-1) ?? "", `these are ${ports.length} ports`, `publish at most ${MAX_PORTS}`);
  }
  const taken = new Map<string, string[]>();
  for (const { word, port } of ports) {
    // One that may be any of several goes out of the others' way.
    if (port.host === 0 || port.host !== port.hostLast) continue;
    const key = `${port.host}/${port.protocol}`;
    const others = taken.get(key) ?? [];
    if (others.some((other) => overlap(other, port.address))) {
      throw refusal(
        word,
        `${placeWords(port.address || LOOPBACKS[0], port.host)} is named twice`,
        "name it once",
      );
    }
    taken.set(key, [...others, port.address]);
  }
  return ports.map(({ port }) => port);
}

function parsePort(word: string): PublishedPort[] {
  const [, place = "", suffix] = /^([^/]*)(?:\/(.*))?$/s.exec(word) ?? [];
  const protocol = parseProtocol(word, suffix);
  const parts = place.split(":");
  const guest = parseRange(word, parts.at(-1) ?? "");
  const hostText = parts.at(-2) ?? "";
  const address = parts.length > 2 ? parseAddress(word, parts.slice(0, -2).join(":")) : "";
  if (parts.length === 2 && hostText === "") throw refusal(word, "it has no port of the host", FORM);
  // 0 is Docker's other word for any free port.
  const host = hostText === "" || hostText === "0" ? undefined : parseRange(word, hostText);
  const count = guest.last - guest.first + 1;
  const ports = Array.from({ length: count }, (_, index) => guest.first + index);
  if (host === undefined) {
    return ports.map((port) => ({ address, host: 0, hostLast: 0, guest: port, protocol }));
  }
  if (count === 1) return [{ address, host: host.first, hostLast: host.last, guest: guest.first, protocol }];
  if (host.last - host.first + 1 !== count) {
    throw refusal(word, "its two ranges differ in length", "give as many ports of the host as of the guest");
  }
  return ports.map((port, index) => {
    const own = host.first + index;
    return { address, host: own, hostLast: own, guest: port, protocol };
  });
}

function parseProtocol(word: string, suffix: string | undefined): PortProtocol {
  const name = (suffix ?? "tcp").toLowerCase();
  if (name === "tcp" || name === "udp") return name;
  throw refusal(word, `${JSON.stringify(suffix)} is no protocol that can be published`, "use /tcp or /udp");
}

function parseRange(word: string, text: string): { readonly first: number; readonly last: number } {
  const [, first, last = first] = /^(\d{1,6})(?:-(\d{1,6}))?$/.exec(text) ?? [];
  if (first === undefined || last === undefined) {
    throw refusal(
      word,
      text === "" ? "it has no port of the guest" : `${JSON.stringify(text)} is no port`,
      FORM,
    );
  }
  const range = { first: Number(first), last: Number(last) };
  for (const port of [range.first, range.last]) {
    if (port < 1 || port > 65_535) {
      throw refusal(word, `there is no port ${port}`, "give ports from 1 to 65535");
    }
  }
  if (range.first > range.last) throw refusal(word, `${text} runs backwards`, "give the smaller port first");
  return range;
}

/** An IP address, an IPv6 one with or without brackets; a name could mean another address tomorrow. */
function parseAddress(word: string, text: string): string {
  // Docker: no address, but a colon, is as without both.
  if (text === "") return "";
  const inner = /^\[(.*)\]$/.exec(text)?.[1] ?? text;
  const address = inner.includes(":") ? ipv6(inner) : ipv4(inner);
  if (address !== undefined) return address;
  const reason = `${JSON.stringify(text)} is no IP address`;
  throw refusal(
    word,
    reason,
    text === "localhost" ? "leave it out: that is the default" : "give a number, like 127.0.0.1",
  );
}

function ipv4(text: string): string | undefined {
  const parts = text.split(".");
  const whole = parts.length === 4 &&
    parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part) && Number(part) < 256);
  return whole ? text : undefined;
}

/** The short form, by which two ways to write an address are one. */
function ipv6(text: string): string | undefined {
  return URL.parse(`http://[${text}]/`)?.hostname.slice(1, -1);
}

/** Whether listeners on two addresses, empty for both loopbacks, are in each other's way. */
function overlap(one: string, other: string): boolean {
  const [these, those] = [addressesOf(one), addressesOf(other)];
  // Linux's :: takes IPv4 as well.
  if (these.includes("::") || those.includes("::")) return true;
  return these.some((a) => those.some((b) => a === b || (isAny(a, b) || isAny(b, a))));
}

function isAny(address: string, other: string): boolean {
  return address === "0.0.0.0" && !other.includes(":");
}

function addressesOf(address: string): readonly string[] {
  return address === "" ? LOOPBACKS : [address];
}

function refusal(word: string, reason: string, remedy: string): SmolvmError {
  return new SmolvmError("usage", { action: "use -p", subject: JSON.stringify(word), reason, remedy });
}
