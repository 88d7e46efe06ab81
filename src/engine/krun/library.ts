/**
 * Finds and opens libkrun. Knows where libraries are looked for; what they are called with is context.ts.
 *
 * @module
 */
import { SmolvmError } from "../../error.ts";
import { missingPromises, optionalSymbols, symbols } from "./symbols.ts";

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
    "/usr/lib/x86_64-linux-gnu",
    "/usr/lib/aarch64-linux-gnu",
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
  if (chosen) return [chosen];
  const found = folders[source.os]
    .flatMap((folder) => fileNames[source.os].map((name) => `${folder}/${name}`))
    .filter((path) => source.exists(path));
  return embedded === undefined ? found : [embedded, ...found];
}

/**
 * Opens libkrun and refuses one that cannot keep smolvm's promises.
 *
 * @param path the library's file
 * @throws {SmolvmError} kind `engine` when it does not load or lacks a call that a promise needs
 */
export function openLibrary(path: string): KrunLibrary {
  const remedy = "set SMOLVM_LIBKRUN to a libkrun 1.17 or later built with BLK=1";
  let library: KrunLibrary;
  try {
    library = Deno.dlopen(path, symbols);
  } catch (cause) {
    throw new SmolvmError("engine", {
      action: "open libkrun",
      subject: path,
      reason: (cause as Error).message,
      remedy,
      cause,
    });
  }
  const names = Object.keys(optionalSymbols) as (keyof typeof optionalSymbols)[];
  const missing = missingPromises(names.filter((name) => library.symbols[name] === null));
  if (missing.length === 0) return library;
  library.close();
  throw new SmolvmError("engine", {
    action: "use libkrun",
    subject: path,
    reason: `it cannot promise ${missing.join(", ")}`,
    remedy,
  });
}

/** This host. */
export function hostLibraries(): LibrarySource {
  return {
    os: Deno.build.os === "darwin" ? "darwin" : "linux",
    env: (name) => Deno.env.get(name),
    exists: (path) => {
      try {
        return Deno.statSync(path).isFile;
      } catch {
        return false;
      }
    },
  };
}

/** What doctor says of a library. */
export interface LibraryReport {
  readonly path: string;
  /** Known for the carried one, and from the file's full name. */
  readonly version: string | undefined;
  /** Why it does not load. */
  readonly error: string | undefined;
  /** What it cannot promise. */
  readonly lacking: readonly string[];
}

/**
 * Looks at the library that would be taken, without keeping it open.
 *
 * @param embedded path of the carried one
 * @param before what the carried one needs
 * @param version of the carried one
 * @returns `undefined` when there is none
 */
export function inspectLibrary(
  embedded: string | undefined,
  before: readonly string[],
  version: string,
): LibraryReport | undefined {
  const [path] = libraryCandidates(embedded, hostLibraries());
  if (path === undefined) return undefined;
  const known = path === embedded ? version : versionOf(path);
  try {
    if (path === embedded) { for (const one of before) Deno.dlopen(one, {}); }
    const library = Deno.dlopen(path, symbols);
    const names = Object.keys(optionalSymbols) as (keyof typeof optionalSymbols)[];
    const lacking = missingPromises(names.filter((name) => library.symbols[name] === null));
    library.close();
    return { path, version: known, error: undefined, lacking };
  } catch (error) {
    return { path, version: known, error: (error as Error).message, lacking: [] };
  }
}

/** `libkrun.so.1.17.4` behind the links. */
function versionOf(path: string): string | undefined {
  try {
    return /(\d+\.\d+\.\d+)/.exec(Deno.realPathSync(path))?.[1];
  } catch {
    return undefined;
  }
}
