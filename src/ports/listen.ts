/**
 * Opens the listeners of published ports on this host, all or none.
 *
 * @module
 */
import { SmolvmError } from "../error.ts";
import { SUPERVISOR_PROCESS } from "../internal_processes.ts";
import { holderOf } from "./holder.ts";
import { LOOPBACKS, placeWords, type PublishedPort, type ServedPort } from "./published_port.ts";
import { UdpSocket } from "./udp_socket.ts";

/** How often a free port is looked for that both loopbacks have. */
const FREE_TRIES = 20;

/** Connections that may wait to be accepted on one listener; the kernel cuts this down to net.core.somaxconn. */
const BACKLOG = 1_024;

/** What tells the addresses of this host. */
const ADDRESSES = Deno.build.os === "darwin"
  ? "see its addresses with ifconfig"
  : "see its addresses with ip address";

/** A published port whose listeners are open. */
export interface OpenPort {
  readonly served: ServedPort;
  readonly tcp: readonly Deno.TcpListener[];
  readonly udp: readonly UdpSocket[];
}

type Listener = Deno.TcpListener | UdpSocket;

/**
 * Opens all listeners.
 *
 * @throws {SmolvmError} kind `state` when a port is taken, needs a right that this user lacks, or has an address that
 * this host has not; none stays open then
 */
export async function openPorts(ports: readonly PublishedPort[]): Promise<OpenPort[]> {
  const open: OpenPort[] = [];
  try {
    for (const port of ports) open.push(await openPort(port));
    return open;
  } catch (error) {
    closePorts(open);
    throw error;
  }
}

/** Closes listeners. */
export function closePorts(ports: readonly OpenPort[]): void {
  for (const { tcp, udp } of ports) for (const listener of [...tcp, ...udp]) listener.close();
}

/** Opens the first port that can be had. */
async function openPort(port: PublishedPort): Promise<OpenPort> {
  const last = port.host === 0 ? FREE_TRIES : port.hostLast - port.host;
  for (let tries = 0;; tries++) {
    const wanted = port.host === 0 ? 0 : port.host + tries;
    try {
      return await openAt(port, wanted);
    } catch (error) {
      if (error instanceof Deno.errors.AddrInUse && tries < last) continue;
      throw refusal(port, wanted, error);
    }
  }
}

/** Opens one port: on its address, or on both loopbacks, of which a host may lack one. */
async function openAt({ address, guest, protocol }: PublishedPort, wanted: number): Promise<OpenPort> {
  const made: Listener[] = [];
  try {
    let host = wanted;
    for (const one of address === "" ? LOOPBACKS : [address]) {
      try {
        const listener = protocol === "tcp" ? listenTcp(one, host) : await UdpSocket.bind(one, host);
        made.push(listener);
        host = protocol === "tcp" ? (listener as Deno.TcpListener).addr.port : (listener as UdpSocket).port;
      } catch (error) {
        // A host without IPv6, or with IPv6 switched off.
        if (made.length > 0 && !(error instanceof Deno.errors.AddrInUse)) continue;
        throw error;
      }
    }
    const served = { address, host, guest, protocol };
    const tcp = made.filter((one): one is Deno.TcpListener => !(one instanceof UdpSocket));
    return { served, tcp, udp: made.filter((one) => one instanceof UdpSocket) };
  } catch (error) {
    for (const listener of made) listener.close();
    throw error;
  }
}

/** Deno sets SO_REUSEADDR, by which a port is free again at once, and no SO_REUSEPORT. */
function listenTcp(hostname: string, port: number): Deno.TcpListener {
  return Deno.listen({ hostname, port, tcpBacklog: BACKLOG });
}

function refusal(port: PublishedPort, tried: number, error: unknown): SmolvmError {
  const { address, protocol } = port;
  const place = placeWords(address || LOOPBACKS[0], tried);
  const about = {
    action: "publish the port",
    subject: protocol === "tcp" ? place : `${place}/${protocol}`,
    cause: error,
  } as const;
  if (error instanceof Deno.errors.AddrInUse) {
    const range = port.host === 0 ? "no port is free" : "so is every port of the range";
    const reason = `it is taken${by(tried, port)}${port.hostLast === port.host ? "" : `, and ${range}`}`;
    return new SmolvmError("state", { ...about, reason, remedy: "choose another port, or end what has it" });
  }
  if (error instanceof Deno.errors.PermissionDenied) {
    const reason = "this user may not listen on it";
    // macOS keeps them for root on single addresses only (XNU, bsd/netinet/in_pcb.c, in_pcbbind).
    const remedy = Deno.build.os === "darwin"
      ? `choose a port from 1024 on, or publish it on all addresses: -p 0.0.0.0:${tried}:${port.guest}`
      : "choose a port from 1024 on, or allow it with sysctl net.ipv4.ip_unprivileged_port_start=80";
    return new SmolvmError("state", { ...about, reason, remedy });
  }
  if (error instanceof Deno.errors.AddrNotAvailable) {
    const reason = `this host has no address ${address || LOOPBACKS[0]}`;
    return new SmolvmError("state", { ...about, reason, remedy: ADDRESSES });
  }
  return new SmolvmError("state", {
    ...about,
    reason: error instanceof Error ? error.message : String(error),
  });
}

/** Who has a port, where that can be known. */
function by(port: number, { protocol }: PublishedPort): string {
  const holder = holderOf(port, protocol);
  if (!holder) return "";
  const { pid, words } = holder;
  if (words.includes(SUPERVISOR_PROCESS)) {
    return ` by another machine of smolvm, whose supervisor is process ${pid}`;
  }
  const name = words[0]?.split("/").at(-1) ?? "";
  return name === "" ? ` by process ${pid}` : ` by ${name} (process ${pid})`;
}
