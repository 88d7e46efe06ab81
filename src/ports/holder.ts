/**
 * Who has a port of this host: found in /proc, as far as this user may look.
 *
 * @module
 */
import type { PortProtocol } from "./published_port.ts";

/** A process that has a port. */
export interface Holder {
  readonly pid: number;
  /** Its words: program and arguments. */
  readonly words: readonly string[];
}

/** State of a listening TCP socket, and of a bound UDP socket, in /proc/net (include/net/tcp_states.h). */
const HELD = { tcp: "0A", udp: "07" } as const;

/**
 * Finds who listens on a port, whatever the address.
 *
 * @returns `undefined` where that cannot be known: another user's process, or a system without /proc
 */
export function holderOf(port: number, protocol: PortProtocol): Holder | undefined {
  const inodes = new Set(
    [protocol, `${protocol}6`].flatMap((table) =>
      inodesOf(readText(`/proc/net/${table}`), port, HELD[protocol])
    ),
  );
  if (inodes.size === 0) return undefined;
  for (const name of namesIn("/proc")) {
    if (!/^\d+$/.test(name) || !hasSocket(name, inodes)) continue;
    return { pid: Number(name), words: readText(`/proc/${name}/cmdline`).split("\0").slice(0, -1) };
  }
  return undefined;
}

/**
 * Inodes of the sockets in a table of /proc/net that have a port. Pure.
 *
 * @param text the table: local address and port in hex are its second column, the state its fourth, the inode its tenth
 */
export function inodesOf(text: string, port: number, state: string): string[] {
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, "0")}`;
  return text.split("\n").slice(1).flatMap((line) => {
    const [, local = "", , held, , , , , , inode = "0"] = line.trim().split(/\s+/);
    return local.endsWith(suffix) && held === state && inode !== "0" ? [inode] : [];
  });
}

function hasSocket(pid: string, inodes: ReadonlySet<string>): boolean {
  return namesIn(`/proc/${pid}/fd`).some((fd) => {
    try {
      const inode = /^socket:\[(\d+)\]$/.exec(Deno.readLinkSync(`/proc/${pid}/fd/${fd}`))?.[1];
      return inode !== undefined && inodes.has(inode);
    } catch {
      return false;
    }
  });
}

function namesIn(folder: string): string[] {
  try {
    return [...Deno.readDirSync(folder)].map(({ name }) => name);
  } catch {
    return [];
  }
}

function readText(path: string): string {
  try {
    return Deno.readTextFileSync(path);
  } catch {
    return "";
  }
}
