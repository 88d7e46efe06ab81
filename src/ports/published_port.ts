/**
 * A port of the guest that is published on the host: what it is, and how it is written. Pure.
 *
 * @module
 */

/** What is carried. */
export type PortProtocol = "tcp" | "udp";

/** A published port, as it is wanted. */
export interface PublishedPort {
  /** Address of the host to listen on; empty: both loopbacks, 127.0.0.1 and ::1. */
  readonly address: string;
  /** First port of the host that may be taken; 0: any free one. */
  readonly host: number;
  /** Last port of the host that may be taken; the first that is free is. */
  readonly hostLast: number;
  readonly guest: number;
  readonly protocol: PortProtocol;
}

/** A published port, as it is served. */
export interface ServedPort {
  readonly address: string;
  readonly host: number;
  readonly guest: number;
  readonly protocol: PortProtocol;
}

/** The loopbacks that are listened on where no address is given. */
export const LOOPBACKS = ["127.0.0.1", "::1"] as const;

/** An address and a port, as a browser takes them. */
export function placeWords(address: string, port: number): string {
  return address.includes(":") ? `[${address}]:${port}` : `${address}:${port}`;
}

/** A published port as people see it: `127.0.0.1:8080 -> 80/tcp`. */
export function portWords(port: PublishedPort | ServedPort): string {
  const { address, host, guest, protocol } = port;
  const last = "hostLast" in port && port.hostLast !== host ? `-${port.hostLast}` : "";
  const place = placeWords(address || LOOPBACKS[0], host);
  return `${host === 0 ? place.replace(/0$/, "free") : place}${last} -> ${guest}/${protocol}`;
}
