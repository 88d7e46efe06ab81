/**
 * Finds a virtiofsd on this host, and makes the file servers of a VM ready to be started beside QEMU.
 *
 * @module
 */
import { SmolvmError } from "../../error.ts";
import { QueuedConnection } from "../../ffi/queued_connection.ts";
import { confinedCommand } from "../confine/confinement.ts";
import { shareDevices } from "../share_devices.ts";
import type { VmDescription } from "../vm_description.ts";
import type { HelperCommand } from "../vmm_process.ts";
import { fileServer, INSTALL_VIRTIOFSD, isUsableVirtiofsd, VIRTIOFSD_PLACES } from "./file_server.ts";

/** Where a virtiofsd may be. */
export interface VirtiofsdSources {
  /** Path that the user names, in SMOLVM_VIRTIOFSD. */
  readonly chosen?: string | undefined;
  /** Path of the one that the binary carries, if it does. */
  carried(): Promise<string | undefined>;
  /** Path of a program by its name. */
  find(program: string): string | undefined;
}

/** The first that serves. @throws {SmolvmError} kind `engine`, saying what to install */
export async function findVirtiofsd({ chosen, carried, find }: VirtiofsdSources): Promise<string> {
  const refused = (subject: string, reason: string) =>
    new SmolvmError("engine", { action: "share folders by", subject, reason, remedy: INSTALL_VIRTIOFSD });
  if (chosen) {
    if (await serves(chosen)) return chosen;
    throw refused(chosen, "it is no virtiofsd of version 1.13 or later");
  }
  const own = await carried();
  if (own !== undefined) return own;
  const found = find("virtiofsd");
  for (const path of [...VIRTIOFSD_PLACES, ...(found === undefined ? [] : [found])]) {
    if (await serves(path)) return path;
  }
  throw refused("virtiofsd", "this binary carries none, and none of version 1.13 or later is installed");
}

async function serves(program: string): Promise<boolean> {
  try {
    const { stdout } = await new Deno.Command(program, { args: ["--version"], cwd: "/", stderr: "null" })
      .output();
    return isUsableVirtiofsd(new TextDecoder().decode(stdout));
  } catch {
    return false;
  }
}

/** File servers that are about to be started, and QEMU's ends of their sockets, which it inherits. */
export interface FileServers extends Disposable {
  readonly helpers: readonly HelperCommand[];
  /** By the devices' tags: descriptors. */
  readonly sockets: ReadonlyMap<string, number>;
}

/**
 * Makes the commands, and opens the sockets. Disposed once the processes are started.
 *
 * @param confine path of the program that confines them
 */
export function fileServers(vm: VmDescription, virtiofsd: string, confine: string): FileServers {
  using opened = new DisposableStack();
  const identity = { uid: Deno.uid() ?? 0, gid: Deno.gid() ?? 0 };
  const sockets = new Map<string, number>();
  const helpers = shareDevices(vm).map((device): HelperCommand => {
    const { listener, connection } = opened.use(QueuedConnection.open());
    sockets.set(device.tag, connection);
    const server = fileServer(virtiofsd, device, { listener, identity });
    return {
      name: "the file server",
      ...confinedCommand(confine, Deno.pid, server),
      env: { LC_ALL: "C.UTF-8" },
    };
  });
  const held = opened.move();
  return { helpers, sockets, [Symbol.dispose]: () => held.dispose() };
}
