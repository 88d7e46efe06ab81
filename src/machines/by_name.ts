/**
 * Links from machines' names to their supervisors' sockets, so that a running machine is reached without the
 * table: `by-name/NAME.sock` in the data folder, made when a supervisor listens and removed when it no longer
 * does. The links are in the data folder because two homes may share one runtime folder, and because whoever asks
 * may have another XDG_RUNTIME_DIR.
 *
 * A link's own path may be longer than a Unix socket's path can be (104 bytes on macOS, 108 on Linux); the path
 * that it holds never is. So a client reads the link and connects to what it holds.
 *
 * @module
 */
import { basename, join } from "node:path";
import { isThere } from "../files/is_there.ts";
import { removeIfThere } from "../files/remove_if_there.ts";
import type { Paths } from "../host/paths.ts";
import { debug } from "../log.ts";
import { machineFolder, namesFolder } from "./folder.ts";
import { checkMachineName } from "./names.ts";

/** A machine and where its supervisor listens. */
export interface NamedSocket {
  readonly name: string;
  /** Absolute path. */
  readonly socket: string;
}

/**
 * Where the supervisor of the machine of a name listens, or has listened: one that was killed leaves its link.
 *
 * @returns `undefined` when no link says so, or the link came into this home with a copy of another
 * @throws {SmolvmError} kind `usage` when nothing can have that name
 */
export function socketByName(paths: Paths, name: string): string | undefined {
  checkMachineName(name);
  const socket = readLink(linkPath(namesFolder(paths), name));
  if (socket === undefined) return undefined;
  // Sockets are named after their machine and their home (folder.ts).
  const own = machineFolder(paths, basename(socket).slice(0, 12));
  return basename(own.socket) === basename(socket) ? socket : undefined;
}

/**
 * Links a name to a socket that is listened on, in place of an older link, and removes links whose sockets are
 * gone. A link that cannot be made (the disk is full) is done without: then the table is asked.
 *
 * @param folder of the links
 */
export function publishSocket(folder: string, { name, socket }: NamedSocket): void {
  try {
    Deno.mkdirSync(folder, { recursive: true, mode: 0o700 });
    removeDeadLinks(folder);
    const [link, fresh] = [linkPath(folder, name), join(folder, `.${name}.${Deno.pid}`)];
    removeIfThere(fresh);
    Deno.symlinkSync(socket, fresh);
    Deno.renameSync(fresh, link);
  } catch (error) {
    debug("no link by name", { name, reason: String(error) });
  }
}

/**
 * Removes the link of a name, unless it leads to another machine's socket by now. The folder of the socket does
 * not matter: the supervisor may have had another XDG_RUNTIME_DIR than whoever deletes the machine.
 */
export function withdrawSocket(folder: string, { name, socket }: NamedSocket): void {
  const link = linkPath(folder, name);
  const linked = readLink(link);
  if (linked !== undefined && basename(linked) === basename(socket)) removeIfThere(link);
}

/** What killed supervisors left; the sockets are removed by whoever sees that nobody listens (liveness.ts). */
function removeDeadLinks(folder: string): void {
  for (const { name } of Deno.readDirSync(folder)) {
    const link = join(folder, name);
    const socket = readLink(link);
    if (socket !== undefined && !isThere(socket)) removeIfThere(link);
  }
}

function linkPath(folder: string, name: string): string {
  return join(folder, `${name}.sock`);
}

function readLink(path: string): string | undefined {
  try {
    return Deno.readLinkSync(path);
  } catch {
    return undefined;
  }
}
