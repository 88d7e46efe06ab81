/**
 * Makes a {@linkcode Host} from what a program knows: its own words and its environment.
 *
 * @module
 */
import { resolve } from "node:path";
import { userInfo } from "node:os";
import { SmolvmError } from "../error.ts";
import { type Paths, resolvePaths } from "../host/paths.ts";
import type { FolderFacts } from "../host/paths_source.ts";
import type { Host } from "./host.ts";
import { openPayload } from "./payload.ts";

/** Variables that hold a path. Supervisors get them, and work in another folder. */
const PATH_VARIABLES = ["HOME", "SMOLVM_HOME", "SMOLVM_LIBKRUN", "SMOLVM_PAYLOAD", "TMPDIR"];

const XDG_VARIABLES = ["XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_RUNTIME_DIR"];

/** What a host is made from. */
export interface HostFacts {
  /** Program and first arguments that start smolvm, for its supervisors and VMMs. */
  readonly program: Host["program"];
  readonly environment: Readonly<Record<string, string>>;
  /** Files that may hold the parts of VMs, unless SMOLVM_PAYLOAD names one; without them the program. */
  readonly payloadFiles?: readonly string[];
  /** Its folders; the environment's without them. */
  readonly paths?: Paths;
  /** The folder that relative paths in the environment are of; without it this process's. */
  readonly folder?: string;
}

/**
 * Makes the host. Opens and makes nothing.
 *
 * @throws {SmolvmError} kind `state` when the environment has no SMOLVM_HOME, and no home is to be found
 */
export function openHost({ program, payloadFiles, folder = ".", ...facts }: HostFacts): Host {
  const environment = { ...facts.environment };
  for (const name of [...PATH_VARIABLES, ...XDG_VARIABLES]) refuseBytes(name, environment[name]);
  for (const name of PATH_VARIABLES) {
    const path = environment[name];
    if (path) environment[name] = resolve(folder, path);
  }
  const os = Deno.build.os === "darwin" ? "darwin" : "linux";
  const paths = facts.paths ?? resolvePaths({
    os,
    uid: Deno.uid() ?? 0,
    env: (name) => environment[name],
    userHome,
    look,
    lookAtLink,
  });
  const named = environment["SMOLVM_PAYLOAD"];
  const payload = openPayload(paths, named ? [named] : payloadFiles ?? program.slice(0, 1));
  return { paths, payload, program, environment };
}

/** Deno opens no path that is not UTF-8: it would open another one. */
function refuseBytes(name: string, value: string | undefined): void {
  if (value === undefined || value.isWellFormed()) return;
  throw new SmolvmError("state", {
    action: "use the folder in",
    subject: name,
    reason: "its path is not UTF-8",
    remedy: "name one that is",
  });
}

/** The home of this process's user by getpwuid_r(3). */
function userHome(): string | undefined {
  try {
    return userInfo().homedir || undefined;
  } catch {
    return undefined;
  }
}

/** What is at a path, or at the end of the links there. */
function look(path: string): FolderFacts | undefined {
  return facts(() => Deno.statSync(path));
}

/** What is at a path, be it a link. */
function lookAtLink(path: string): FolderFacts | undefined {
  return facts(() => Deno.lstatSync(path));
}

/** What cannot be looked at is no folder of ours. */
function facts(stat: () => Deno.FileInfo): FolderFacts | undefined {
  try {
    const { isDirectory, uid, mode } = stat();
    return { isFolder: isDirectory, uid: uid ?? -1, mode: mode ?? 0 };
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    return { isFolder: false, uid: -1, mode: 0 };
  }
}
