/**
 * Where a machine keeps its files, and how they are named. Makes nothing.
 *
 * @module
 */
import { join } from "node:path";
import type { Paths } from "../host/paths.ts";

/** Name of the file in a machine's folder that holds its spec, from which a lost database is made again. */
export const SPEC_FILE = "machine.json";

/** Name of the folder in it that holds a folder for each container. */
export const CONTAINERS_FOLDER = "containers";

/** Name of the file in a container's folder that holds its spec, from which a lost row is made again. */
export const CONTAINER_FILE = "container.json";

/** End of the name of a machine's folder while the machine is made, and while it is deleted. */
export const MAKING = ".new";
export const GONE = ".gone";

/** End of the name of the lock that is held while a machine is made, started, stopped or deleted. */
export const TURN = ".lock";

/** Files of one machine. */
export interface MachineFolder {
  /** 0700; everything but the socket is in it. */
  readonly path: string;
  /** The storage disk. */
  readonly disk: string;
  /** Locked by the supervisor as long as it lives. */
  readonly lock: string;
  /** Locked by whoever makes, starts, stops or deletes the machine, meanwhile. */
  readonly turn: string;
  /** Output of the machine's command; older parts are `log.1`, `log.2`. */
  readonly log: string;
  /** What became of its network's flows. */
  readonly flows: string;
  /** Containers in it: their logs, `ID/log`, and their specs, `ID/container.json`. */
  readonly containers: string;
  /** The guest's console, its last part, kept when the VM ends. */
  readonly console: string;
  /** The supervisor's socket, 0600 in a folder of 0700. */
  readonly socket: string;
  /** Folder of the links from the names of all machines to their sockets (by_name.ts). */
  readonly byName: string;
}

/** Names the files of a machine. @param id 12 hex digits */
export function machineFolder(paths: Paths, id: string): MachineFolder {
  const path = join(paths.data, "machines", id);
  return {
    path,
    disk: join(path, "storage.ext4"),
    lock: join(path, "lock"),
    turn: join(paths.data, "machines", id + TURN),
    log: join(path, "log"),
    flows: join(path, "flows.jsonl"),
    containers: join(path, CONTAINERS_FOLDER),
    console: join(path, "console"),
    // Short: a Unix socket's path ends at 104 bytes on macOS.
    socket: join(paths.runtime, `${id}-${nameOf(paths.data)}.sock`),
    byName: namesFolder(paths),
  };
}

/** Folder of the links from machines' names to their sockets. */
export function namesFolder(paths: Pick<Paths, "data">): string {
  return join(paths.data, "by-name");
}

/**
 * Tells a folder from its copy: machines in both have the same ids, and both may share one runtime folder.
 * A folder that is moved keeps it.
 */
function nameOf(folder: string): string {
  try {
    const { dev, ino } = Deno.statSync(folder);
    return `${dev.toString(36)}.${(ino ?? 0).toString(36)}`;
  } catch {
    return "0";
  }
}
