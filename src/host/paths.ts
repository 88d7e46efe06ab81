/**
 * Where smolvm keeps things on this host. Knows the platform's folders and `SMOLVM_HOME`; creates nothing.
 *
 * @module
 */
import { join } from "node:path";

/** The folders of one user's smolvm. */
export interface Paths {
  /** What cannot be made again: image disks, VM disks, the database. */
  readonly data: string;
  /** What can be made again: unpacked parts of the binary, partial downloads. */
  readonly cache: string;
  /** Sockets and locks of this boot; short, because a Unix socket's path ends at 104 bytes. */
  readonly runtime: string;
}

/** What {@linkcode resolvePaths} looks at; a parameter so that tests need no environment. */
export interface PathsSource {
  readonly os: "linux" | "darwin";
  readonly uid: number;
  env(name: string): string | undefined;
}

/**
 * Resolves the folders.
 *
 * `SMOLVM_HOME` puts all of it below one folder. Else Linux follows the XDG Base Directory Specification
 * 0.8 (without `XDG_RUNTIME_DIR`: `/tmp/smolvm-UID`), macOS uses the user's Library.
 *
 * @throws {TypeError} when neither SMOLVM_HOME nor HOME is set
 */
export function resolvePaths(source: PathsSource): Paths {
  const single = source.env("SMOLVM_HOME");
  if (single) {
    return { data: join(single, "data"), cache: join(single, "cache"), runtime: join(single, "run") };
  }
  const home = source.env("HOME");
  if (!home) throw new TypeError("Cannot find smolvm's folders: neither HOME nor SMOLVM_HOME is set");
  const runtime = join(absolute(source.env("XDG_RUNTIME_DIR")) ?? "", "smolvm");
  const temporary = join(source.env("TMPDIR") ?? "/tmp", `smolvm-${source.uid}`);
  if (source.os === "darwin") {
    const library = join(home, "Library");
    return {
      data: join(library, "Application Support", "smolvm"),
      cache: join(library, "Caches", "smolvm"),
      runtime: temporary,
    };
  }
  return {
    data: join(absolute(source.env("XDG_DATA_HOME")) ?? join(home, ".local", "share"), "smolvm"),
    cache: join(absolute(source.env("XDG_CACHE_HOME")) ?? join(home, ".cache"), "smolvm"),
    runtime: runtime === "smolvm" ? temporary : runtime,
  };
}

/** XDG: "All paths set in these environment variables must be absolute"; a relative one is ignored. */
function absolute(path: string | undefined): string | undefined {
  return path?.startsWith("/") ? path : undefined;
}
