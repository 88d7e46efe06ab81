/**
 * Where a resolver listens: `1.1.1.1`, `1.1.1.1:5353`, `2606:4700::1111`, `[2606:4700::1111]:5353`, `fe80::1%eth0`. Pure.
 *
 * @module
 */
import { canonicalIp, inCidr, parseCidr, parseIp } from "./ip.ts";

/** A resolver. */
export interface NameServerAddress {
  /** Canonical; a link-local one may end in a zone (RFC 4007), `%eth0`. */
  readonly address: string;
  readonly port: number;
}

/** The port of DNS. */
export const DNS_PORT = 53;

/** No single computer has an address of these. */
const NO_HOST = ["0.0.0.0/8", "224.0.0.0/3", "::/128", "ff00::/8"].flatMap((word) => parseCidr(word) ?? []);

/** Reads one; `undefined` for what is none. */
export function readNameServer(word: string): NameServerAddress | undefined {
  const [, six, four, port = `${DNS_PORT}`] = /^(?:\[([^\]]*)\]|([^:[\]]*))(?::(\d{1,5}))?$/.exec(word) ?? [];
  const [text = "", zone, ...more] = (six ?? four ?? word).split("%");
  const ip = parseIp(text);
  if (!ip || NO_HOST.some((range) => inCidr(ip, range)) || more.length > 0) return undefined;
  if (zone !== undefined && !(/^[\w.:-]{1,15}$/.test(zone) && text.includes(":"))) return undefined;
  if (Number(port) < 1 || Number(port) > 65_535) return undefined;
  return { address: `${canonicalIp(text)}${zone === undefined ? "" : `%${zone}`}`, port: Number(port) };
}

/** As it is written; the port of DNS stands for itself. */
export function nameServerText({ address, port }: NameServerAddress): string {
  if (port === DNS_PORT) return address;
  return address.includes(":") ? `[${address}]:${port}` : `${address}:${port}`;
}
