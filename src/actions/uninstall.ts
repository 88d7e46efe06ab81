/**
 * Removes what smolvm made on this host: first a list of it, for a person to see, then all of it. What smolvm did not make stays,
 * also in its folders, because SMOLVM_HOME may name a folder that has more in it.
 *
 * @module
 */
import { dirname, join } from "node:path";
import { SmolvmError } from "../error.ts";
import { removeIfThere } from "../files/remove_if_there.ts";
import { delay } from "../async/delay.ts";
import { INSTALLED_FILE, installedFiles, isHomebrews } from "../host/installed.ts";
import type { Paths } from "../host/paths.ts";
import { causeWords } from "../host/system_words.ts";
import { machineFolder } from "../machines/folder.ts";
import { type FoundMachine, machineFolders, runningMachines } from "../machines/machine_folders.ts";
import { partsAreUsed } from "../payload/uses.ts";
import { stopMachine } from "./stop_machine.ts";

/** How long a supervisor that has stopped its machine may take to end, in milliseconds. */
const ENDING_MILLISECONDS = 5_000;

/** What smolvm makes in its folders. */
const made = {
  cache: /^(parts|uses|templates|scratch|blobs)$/,
  data: /^(machines|images|volumes|by-name|run|(machines|images)\.db.*)$/,
} as const;

/** Something that is there. */
export interface Trace {
  /** `cache`: what can be made again. */
  readonly kind: "cache" | "sockets" | "data" | "program";
  readonly path: string;
  /** Bytes that it takes on the disk. */
  readonly bytes: number;
}

/** What is to be done. */
export interface UninstallPlan {
  readonly removed: readonly Trace[];
  /** What stays: machines, volumes and images without `purge`. */
  readonly kept: readonly Trace[];
  /** The running binary, where no installer's list has it; `brew`: Homebrew has it. */
  readonly foreign?: { readonly path: string; readonly brew: boolean };
}

/** What is looked at. */
export interface UninstallContext {
  readonly paths: Paths;
  /** The running binary; none where smolvm runs from its source. */
  readonly binary?: string | undefined;
}

/** Looks what is there; changes nothing. @param options `purge`: machines, volumes and images go too */
export function planUninstall(
  { paths, binary }: UninstallContext,
  { purge = false }: { readonly purge?: boolean } = {},
): UninstallPlan {
  const data = entries(paths.data, made.data).map((path) => trace("data", path));
  const programs = installedFiles(paths);
  const real = binary === undefined ? undefined : resolved(binary);
  const own = real !== undefined && !programs.map(resolved).includes(real);
  return {
    removed: [
      ...entries(paths.cache, made.cache).map((path) => trace("cache", path)),
      ...sockets(paths).map((path) => trace("sockets", path)),
      ...purge ? data : [],
      ...programs.map((path) => trace("program", path)),
    ],
    kept: purge ? [] : data,
    ...(own && { foreign: { path: binary ?? real, brew: isHomebrews(real) } }),
  };
}

/**
 * Makes sure that nothing of smolvm's runs.
 *
 * @param options `stop`: machines are stopped in order, where they would be a reason to refuse
 * @throws {SmolvmError} kind `state` when something runs, `guest` when a machine does not stop
 */
export async function endAll(
  { paths }: Pick<UninstallContext, "paths">,
  { stop = false }: { readonly stop?: boolean } = {},
): Promise<void> {
  const running = runningMachines(paths);
  if (running.length > 0 && !stop) throw refusal(running);
  await Promise.all(running.map((machine) => stopMachine(machine, { paths })));
  const end = performance.now() + (running.length > 0 ? ENDING_MILLISECONDS : 0);
  while (partsAreUsed(paths.cache)) {
    if (performance.now() >= end) throw busy();
    await delay(50);
  }
}

/**
 * Removes what a plan says, the programs last, so that what fails can be tried again.
 *
 * @param onRemoved told of each
 * @throws {SmolvmError} kind `state` when something cannot be removed
 */
export function uninstall(
  { removed }: UninstallPlan,
  { paths }: Pick<UninstallContext, "paths">,
  onRemoved: (trace: Trace) => void = () => {},
): void {
  for (const one of removed) {
    try {
      removeIfThere(one.path, { recursive: true });
    } catch (cause) {
      throw new SmolvmError("state", { action: "remove", subject: one.path, ...causeWords(cause), cause });
    }
    onRemoved(one);
  }
  removeIfThere(join(paths.data, INSTALLED_FILE));
  const folders = [paths.runtime, paths.cache, paths.data];
  // The folder above is smolvm's where all three are in it: SMOLVM_HOME.
  const above = new Set(folders.map((path) => dirname(path)));
  for (const path of [...folders, ...above.size === 1 ? above : []]) removeIfEmpty(path);
}

function refusal(running: readonly FoundMachine[]): SmolvmError {
  const names = running.map(({ name }) => name).join(" ");
  const reason = running.length === 1 ? `the machine ${names} is running` : `machines are running: ${names}`;
  const remedy = `stop what runs with smolvm microvm stop ${names}, or give --stop`;
  return new SmolvmError("state", { action: "uninstall smolvm", reason, remedy });
}

function busy(): SmolvmError {
  const reason = "a smolvm run, or another command with a VM, is still going on";
  return new SmolvmError("state", { action: "uninstall smolvm", reason, remedy: "end it, and try again" });
}

/** Sockets of this home's machines: other homes may have theirs in the same folder. */
function sockets(paths: Paths): string[] {
  return machineFolders(paths).map(({ id }) => machineFolder(paths, id).socket).filter((path) =>
    look(path) !== undefined
  );
}

function entries(folder: string, ours: RegExp): string[] {
  try {
    return [...Deno.readDirSync(folder)].map(({ name }) => name).filter((name) => ours.test(name)).sort()
      .map((name) => join(folder, name));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}

function trace(kind: Trace["kind"], path: string): Trace {
  return { kind, path, bytes: diskUse(path) };
}

/** Blocks that a file takes, or a folder with all in it, in bytes; links are not followed. */
function diskUse(path: string): number {
  const facts = look(path);
  if (!facts?.isDirectory) return (facts?.blocks ?? 0) * 512;
  return [...Deno.readDirSync(path)].reduce((sum, { name }) => sum + diskUse(join(path, name)), 0);
}

function look(path: string): Deno.FileInfo | undefined {
  try {
    return Deno.lstatSync(path);
  } catch {
    return undefined;
  }
}

function resolved(path: string): string {
  try {
    return Deno.realPathSync(path);
  } catch {
    return path;
  }
}

function removeIfEmpty(path: string): void {
  try {
    Deno.removeSync(path);
  } catch {
    // Something is in it that is not smolvm's, or it is not there.
  }
}
