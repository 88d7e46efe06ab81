/**
 * Where smolvm keeps things on this host. Knows the platform's folders and `SMOLVM_HOME`; creates nothing.
 *
 * @module
 */
import { join } from "node:path";
import { homeFolder } from "./home_folder.ts";
import type { PathsSource } from "./paths_source.ts";
import { runtimeFolder } from "./runtime_folder.ts";

/** The folders of one user's smolvm. */
export interface Paths {
  /** What cannot be made again: image disks, VM disks, the database. */
  readonly data: string;
  /** What can be made again: unpacked parts of the binary, partial downloads. */
  readonly cache: string;
  /** Sockets and locks of this boot; short, because a Unix socket's path ends at 104 bytes. */
  readonly runtime: string;
}

/**
 * Resolves the folders.
 *
 * `SMOLVM_HOME` puts all of it below one folder. Else Linux follows the XDG Base Directory Specification
 * 0.8, macOS uses the user's Library. Where the sockets go runtime_folder.ts says.
 *
 * @throws {SmolvmError} kind `state` when there is no SMOLVM_HOME, and no home to be found
 */
export function resolvePaths(source: PathsSource): Paths {
  const single = source.env("SMOLVM_HOME");
  const { data, cache } = single
    ? { data: join(single, "data"), cache: join(single, "cache") }
    : platformFolders(source);
  const named = single ? { named: join(single, "run") } : {};
  return { data, cache, runtime: runtimeFolder(source, { ...named, last: join(data, "run") }) };
}

function platformFolders(source: PathsSource): Pick<Paths, "data" | "cache"> {
  if (source.os === "darwin") {
    const library = join(homeFolder(source), "Library");
    return {
      data: join(library, "Application Support", "smolvm"),
      cache: join(library, "Caches", "smolvm"),
    };
  }
  return {
    data: join(
      absolute(source.env("XDG_DATA_HOME")) ?? join(homeFolder(source), ".local", "share"),
      "smolvm",
    ),
    cache: join(absolute(source.env("XDG_CACHE_HOME")) ?? join(homeFolder(source), ".cache"), "smolvm"),
  };
}

/** XDG: "All paths set in these environment variables must be absolute"; a relative one is ignored. */
function absolute(path: string | undefined): string | undefined {
  return path?.startsWith("/") ? path : undefined;
}
