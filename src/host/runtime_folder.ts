/**
 * Which folder takes the sockets: one that nobody else can put anything into, and short enough for the path of a
 * Unix socket. Pure; whoever listens makes the folder.
 *
 * @module
 */
import { dirname, join } from "node:path";
import type { FolderFacts, PathsSource } from "./paths_source.ts";

/** Longest path of a socket: sun_path of unix(7) without its NUL, on macOS 103. */
const SOCKET_PATH_BYTES = { linux: 107, darwin: 103 } as const;

/** `/ID-DEVICE.INODE.sock` (src/machines/folder.ts): 12 digits, and two numbers of up to 9 and 11 in base 36. */
const SOCKET_NAME_BYTES = 40;

/** The folder of a user's smolvm that may have the sockets, if all others are no good, or named by SMOLVM_HOME. */
export interface RuntimePlaces {
  /** `SMOLVM_HOME/run`. */
  readonly named?: string;
  /** In the data folder. */
  readonly last: string;
}

/**
 * Chooses the folder: the named one; one in XDG_RUNTIME_DIR, where that is what its specification demands, owned
 * by the user and open to nobody else; `smolvm-UID` in TMPDIR or /tmp, where it is absent or the user's alone; the
 * one in the data folder. A folder whose path is too long is passed over.
 */
export function runtimeFolder(source: PathsSource, { named, last }: RuntimePlaces): string {
  const { os, uid, env } = source;
  const xdg = os === "linux" ? env("XDG_RUNTIME_DIR") : undefined;
  const temporary = [env("TMPDIR"), "/tmp"].filter((path) => path?.startsWith("/"))
    .map((path) => join(path ?? "", `smolvm-${uid}`));
  const candidates = [
    ...(named === undefined ? [] : [named]),
    ...(xdg?.startsWith("/") && isPrivate(source.look(xdg), source) ? [join(xdg, "smolvm")] : []),
    ...temporary.filter((path) => isPrivate(source.lookAtLink(path), source) || isFree(path, source)),
    last,
  ];
  const longest = SOCKET_PATH_BYTES[os] - SOCKET_NAME_BYTES;
  return candidates.find((path) => new TextEncoder().encode(path).length <= longest) ?? candidates[0] ?? last;
}

/** Whether it is a folder of this user that is open to nobody else. */
function isPrivate(facts: FolderFacts | undefined, { uid }: PathsSource): boolean {
  return facts !== undefined && facts.isFolder && facts.uid === uid && (facts.mode & 0o077) === 0;
}

/** Whether nothing is there, and a folder could be. */
function isFree(path: string, { look, lookAtLink }: PathsSource): boolean {
  return lookAtLink(path) === undefined && (look(dirname(path))?.isFolder ?? false);
}
