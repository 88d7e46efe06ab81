/**
 * Options by which a VM gets its size, its name inside and its engine: declared once for the commands that
 * start or create one.
 *
 * @module
 */
import type { Command } from "commander";
import { DEFAULT_CPUS, DEFAULT_DISK_BYTES, DEFAULT_MEMORY_MIB } from "../../actions/machine_defaults.ts";
import { type VmBounds, vmBounds, type VmSize, vmSize } from "../../actions/vm_size.ts";
import { SmolvmError } from "../../error.ts";
import { engineNames, type WantedEngine } from "../../engines/wanted.ts";
import { parsePorts } from "../../ports/parse.ts";
import type { Mounts } from "../../shares/mounts.ts";
import { parseMounts } from "../../shares/parse.ts";
import { collect, parseChoice, parseCount, parseSize } from "./values.ts";
import { checkHostname } from "../../machines/names.ts";

/** Options of a VM's size. */
export interface SizeOptions {
  readonly cpus: string;
  readonly mem?: string;
  readonly memory?: string;
  readonly disk: string;
}

/** Ports that are published. */
export interface PortOptions {
  readonly publish: readonly string[];
}

/** Folders and files that are shared, and volumes. */
export interface MountOptions {
  readonly volume: readonly string[];
  readonly mount: readonly string[];
}

/** Options of a size of which none needs to be there. */
export type SizeChange = Partial<SizeOptions>;

/** Adds the options of a size. @param disk what the disk is */
export function addSizeOptions(command: Command, disk: string): Command {
  return command
    .option("--cpus <n>", "virtual CPUs", String(DEFAULT_CPUS))
    .option(
      "--mem <size>",
      `memory of the VM: 1g, 512m; a bare number is MiB (default: "${DEFAULT_MEMORY_MIB}")`,
    )
    .option("-m, --memory <size>", "the same as Docker writes it: a bare number is bytes")
    .option("--disk <size>", disk, `${DEFAULT_DISK_BYTES / 2 ** 30}G`);
}

/** Adds `--hostname`. @param whose whose name it is, and what it is without the option */
export function addHostnameOption(command: Command, whose: string): Command {
  return command.option("--hostname <name>", `name of the ${whose}`);
}

/** Adds `-p`. */
export function addPortOption(command: Command): Command {
  return command.option(
    "-p, --publish <port>",
    "make a port of it one of this host: [ADDR:][HOST:]GUEST[/udp]; localhost only without ADDR",
    collect,
    [],
  );
}

/** Adds `-v` and `--mount`. @param what what `-v` does, where it is not all that it can do */
export function addMountOptions(
  command: Command,
  what = "share a folder or file of this host, or use the volume of that name",
): Command {
  return command
    .option(
      "-v, --volume <SRC:DST[:ro]>",
      what,
      collect,
      [],
    )
    .option("--mount <words>", "the same for any name: type=bind|volume,src=SRC,dst=DST[,ro]", collect, []);
}

/** What `--restart` takes. */
export const restartPolicies = ["no", "on-failure", "always"] as const;

/** How `--restart` is written. */
export const RESTART_FLAGS = `--restart <${restartPolicies.join("|")}>`;

/** How `--engine` is written. */
export const ENGINE_FLAGS = `--engine <${engineNames.join("|")}>`;

/** Adds `--engine`. @param otherwise when it counts, and what counts without it */
export function addEngineOption(command: Command, otherwise: string): Command {
  return command.option(ENGINE_FLAGS, `what runs the VM${otherwise}`);
}

/**
 * Reads the size.
 *
 * @throws {SmolvmError} kind `usage`, naming the option whose value this host has no room for
 */
export function readSize(options: SizeOptions, bounds: VmBounds = vmBounds()): VmSize {
  return vmSize({
    cpus: parseCount("--cpus", options.cpus, bounds.cpus),
    memoryMiB: memoryMiB(options, bounds),
    diskBytes: diskBytes(options.disk, bounds),
  }, bounds);
}

/**
 * Reads what of a size is given.
 *
 * @throws {SmolvmError} kind `usage`, naming the option whose value this host has no room for
 */
export function readSizeChange(options: SizeChange, bounds: VmBounds = vmBounds()): Partial<VmSize> {
  const memory = options.mem !== undefined || options.memory !== undefined;
  return {
    ...(options.cpus !== undefined && { cpus: parseCount("--cpus", options.cpus, bounds.cpus) }),
    ...(memory && { memoryMiB: memoryMiB(options, bounds) }),
    ...(options.disk !== undefined && { diskBytes: diskBytes(options.disk, bounds) }),
  };
}

/** Reads `--hostname`; absent when it was not given. @throws {SmolvmError} kind `usage` */
export function readHostname({ hostname }: { readonly hostname?: string }): { readonly hostname?: string } {
  return hostname === undefined ? {} : { hostname: checkHostname(hostname) };
}

/** Reads `-p`; absent when it was not given. @throws {SmolvmError} kind `usage` */
export function readPorts({ publish }: PortOptions): { readonly ports?: readonly string[] } {
  if (publish.length === 0) return {};
  parsePorts(publish);
  return { ports: publish };
}

/** Reads `-v` and `--mount`; what was not given is absent. @throws {SmolvmError} kind `usage` */
export function readMounts({ volume, mount }: MountOptions): Partial<Mounts> {
  const base = { folder: volume.length + mount.length === 0 ? "/" : Deno.cwd(), home: Deno.env.get("HOME") };
  const { shares, volumes, anonymous } = parseMounts(volume, mount, base);
  return {
    ...(shares.length > 0 && { shares }),
    ...(volumes.length > 0 && { volumes }),
    ...(anonymous.length > 0 && { anonymous }),
  };
}

/** Reads `--engine`; absent when it was not given. @throws {SmolvmError} kind `usage` */
export function readEngine(
  { engine }: { readonly engine?: string },
): { readonly engine?: WantedEngine } {
  return engine === undefined ? {} : { engine: parseChoice("--engine", engine, engineNames) };
}

/** A whole number of MiB, rounded up: a VM has no smaller unit. */
function memoryMiB({ mem, memory }: SizeChange, { memoryMiB: { min, max } }: VmBounds): number {
  if (mem !== undefined && memory !== undefined) {
    throw new SmolvmError("usage", {
      action: "use --mem and --memory",
      reason: "they are one option under two names",
      remedy: "give one of them",
    });
  }
  if (memory === undefined && /^\d*$/.test(mem ?? "x")) {
    return parseCount("--mem", mem ?? "", { min, max, unit: "MiB" });
  }
  const [option, text] = memory === undefined ? ["--mem", mem] : ["--memory", memory];
  if (text === undefined) return DEFAULT_MEMORY_MIB;
  const size = Math.ceil(parseSize(option, text) / 2 ** 20);
  if (size >= min && size <= max) return size;
  const bytes = /^\d+$/.test(text) ? `${text} bytes are out of bounds` : "it is out of bounds";
  throw new SmolvmError("usage", {
    action: `use ${option}`,
    subject: JSON.stringify(text),
    reason: bytes,
    remedy: `give from ${min}m to ${max}m`,
  });
}

function diskBytes(text: string, bounds: VmBounds): number {
  const bytes = parseSize("--disk", text);
  if (bytes >= bounds.diskBytes.min) return bytes;
  throw new SmolvmError("usage", {
    action: "use --disk",
    subject: JSON.stringify(text),
    reason: "it is too small for a filesystem",
    remedy: `give at least ${bounds.diskBytes.min / 2 ** 20}M`,
  });
}
