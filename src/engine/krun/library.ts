/**
 * Finds and opens libkrun. Knows where libraries are looked for; what they must have is inspect.ts.
 *
 * @module
 */
import { resolve } from "node:path";
import { SmolvmError } from "../../error.ts";
import { processors } from "../processors.ts";
import { inspectLibrary } from "./inspect.ts";
import { symbols } from "./symbols.ts";

/** libkrun, opened. */
export type KrunLibrary = Deno.DynamicLibrary<typeof symbols>;

/** Where libraries are looked for; a parameter so that tests need no files. */
export interface LibrarySource {
  readonly os: "linux" | "darwin";
  env(name: string): string | undefined;
  exists(path: string): boolean;
}

/** File names of libkrun by platform, best first. */
const fileNames = {
  linux: ["libkrun.so.1", "libkrun.so"],
  darwin: ["libkrun.1.dylib", "libkrun.dylib"],
} as const;

/** The usual folders by platform: Homebrew's first on macOS, the distributions' on Linux. */
const folders = {
  linux: [
    "/usr/local/lib64",
    "/usr/local/lib",
    "/usr/lib64",
    ...Object.values(processors).map(({ libraries }) => `/usr/lib/${libraries}`),
    "/usr/lib",
    "/home/linuxbrew/.linuxbrew/lib",
  ],
  darwin: [
    "/opt/homebrew/lib",
    "/opt/homebrew/opt/libkrun/lib",
    "/usr/local/lib",
    "/usr/local/opt/libkrun/lib",
  ],
} as const;

/**
 * Paths where libkrun may be, in the order they are tried: SMOLVM_LIBKRUN alone when it is set, else the
 * embedded one, else the system's and Homebrew's places.
 *
 * @param embedded path of the library that the binary carries, if it does
 * @param source the platform and its environment
 */
export function libraryCandidates(embedded: string | undefined, source: LibrarySource): string[] {
  const chosen = source.env("SMOLVM_LIBKRUN");
  if (chosen) return [resolve(chosen)];
  const found = folders[source.os]
    .flatMap((folder) => fileNames[source.os].map((name) => `${folder}/${name}`))
    .filter((path) => source.exists(path));
  return embedded === undefined ? found : [embedded, ...found];
}

/**
 * Opens libkrun.
 *
 * @param path the library's file
 * @throws {SmolvmError} kind `engine` when it does not load or lacks a call
 */
export function openLibrary(path: string): KrunLibrary {
  try {
    return Deno.dlopen(path, symbols);
  } catch {
    // What follows says why.
  }
  const found = inspectLibrary(path);
  if (found.usable) throw new Error(`${path} does not open, and its inspection finds nothing`);
  const { reason, remedy } = found;
  throw new SmolvmError("engine", { action: "use libkrun", subject: path, reason, remedy });
}

/**
 * This host.
 *
 * @param env variables of the environment; this process's by default
 */
export function hostLibraries(env: LibrarySource["env"] = (name) => Deno.env.get(name)): LibrarySource {
  return {
    os: Deno.build.os === "darwin" ? "darwin" : "linux",
    env,
    exists: (path) => {
      try {
        return Deno.statSync(path).isFile;
      } catch {
        return false;
      }
    },
  };
}
