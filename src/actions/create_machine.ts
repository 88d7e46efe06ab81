/**
 * Creates a machine: its record, its folder, its disk, and what it runs.
 *
 * @module
 */
import { basename, dirname, join } from "node:path";
import { SmolvmError } from "../error.ts";
import { removeIfThere } from "../files/remove_if_there.ts";
import { FileLock } from "../host/lock.ts";
import { namedFailure } from "../host/named_failure.ts";
import type { Paths } from "../host/paths.ts";
import { causeWords } from "../host/system_words.ts";
import { machineFolder, MAKING } from "../machines/folder.ts";
import { newId } from "../machines/ids.ts";
import { checkHostname, checkMachineName } from "../machines/names.ts";
import {
  type MachineCommand,
  type MachineDevices,
  type MachineSpec,
  SPEC_VERSION,
  storageOnly,
} from "../machines/spec.ts";
import { writeSpecFile } from "../machines/spec_file.ts";
import { parsePorts } from "../ports/parse.ts";
import { createStorage } from "../payload/storage.ts";
import { checkMounts, type Mounts } from "../shares/mounts.ts";
import { findSources } from "../shares/sources.ts";
import { makeVolumes } from "../volumes/attach.ts";
import { VolumeChanges } from "../volumes/changes.ts";
import { volumesOf } from "../volumes/use.ts";
import type { MachineContext } from "./machine_context.ts";
import { DEFAULT_DISK_BYTES } from "./machine_defaults.ts";
import { type NetworkWish, stored, wantedNetwork } from "./network_wish.ts";
import { type ImageWish, planCommand, type PlanOptions } from "./plan_command.ts";
import { type VmSize, vmSize } from "./vm_size.ts";

/** What is wanted of a machine; what is absent has a default (machine_defaults.ts). */
export interface MachineWish extends Partial<VmSize>, Partial<Mounts> {
  readonly name: string;
  /** Name of the host inside; the machine's without it. */
  readonly hostname?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly restart?: MachineSpec["restart"];
  readonly engine?: MachineSpec["engine"];
  /** Ports to publish on the host, as `-p` has them: `8080:80`, `5353:53/udp`, `80` for a free one at each start. */
  readonly ports?: readonly string[];
  /** What it reaches; absent: nothing. */
  readonly network?: NetworkWish;
  /** The image whose command it runs; absent: a machine without a command of its own. */
  readonly image?: ImageWish;
}

/**
 * Creates a machine. Its image is got first if need be, and is kept from being removed until the machine has a
 * record that needs it.
 *
 * @throws {SmolvmError} kind `usage` when the name is taken or a value is not allowed, kind `state` when the
 * disk cannot be made, and what getting the image throws
 */
export async function createMachine(
  wish: MachineWish,
  context: MachineContext,
  options: PlanOptions = {},
): Promise<MachineSpec> {
  const { diskBytes, ...size } = vmSize(wish);
  const { shares, volumes, anonymous } = checkMounts(wish, wish.image?.options?.tmpfs);
  if (anonymous.length > 0 && !wish.image) throw noContainer(anonymous[0] ?? "");
  const { network, variables } = await wantedNetwork(wish.network, context.environment);
  if (wish.network?.proxyEnv && !wish.image) throw noCommand(wish.name);
  findSources(shares);
  const devices: MachineDevices = {
    ...storageOnly(diskBytes),
    ports: parsePorts(wish.ports ?? []),
    shares: [...shares],
    volumes: [...volumes],
    network: stored(network),
  };
  const about = {
    name: checkMachineName(wish.name),
    ...size,
    devices,
    hostname: checkHostname(wish.hostname ?? wish.name.replaceAll("_", "-")),
    labels: { ...wish.labels },
    restart: wish.restart ?? "no",
    engine: wish.engine ?? "auto",
  } as const;
  if (context.records.idOf(about.name) !== undefined) throw nameTaken(about.name);
  using planned = wish.image === undefined
    ? null
    : await planCommand(withVariables(wish.image, variables), context, options);
  const templates = await context.payload.path("storage.json");
  const command = planned && withVolumes(planned.command, anonymous);
  // Held until the record is there, so that nobody removes a volume that the machine is to refer to.
  using changes = volumes.length > 0 ? await VolumeChanges.begin(context.paths) : null;
  if (changes) makeVolumes(volumesOf(volumes), changes, { bytes: DEFAULT_DISK_BYTES, templates });
  return putInPlace({ ...about, ...(command && { command }) }, context, templates);
}

/** A command whose container has volumes of its own beside the image's. */
export function withVolumes(command: MachineCommand, paths: readonly string[]): MachineCommand {
  return { ...command, volumes: [...new Set([...command.volumes, ...paths])] };
}

/**
 * Its record first, which takes the name, and its folder last, in one step. What is left of one that was
 * interrupted is removed by the next command (accord.ts).
 */
function putInPlace(
  about: Omit<MachineSpec, "version" | "id" | "created">,
  { records, paths }: MachineContext,
  templates: string,
): MachineSpec {
  try {
    using turn = newTurn(paths);
    const { id } = turn;
    const folder = machineFolder(paths, id);
    const making = folder.path + MAKING;
    const spec: MachineSpec = { version: SPEC_VERSION, id, created: new Date().toISOString(), ...about };
    using undo = new DisposableStack();
    undo.defer(() => removeIfThere(folder.turn));
    Deno.mkdirSync(making, { mode: 0o700 });
    undo.defer(() => removeIfThere(making, { recursive: true }));
    records.create(spec);
    undo.defer(() => records.remove(spec.id));
    createStorage(join(making, basename(folder.disk)), spec.devices.storage.bytes, templates);
    writeSpecFile(making, spec);
    Deno.renameSync(making, folder.path);
    undo.move();
    return spec;
  } catch (error) {
    // What could not be undone either is left to the next command.
    const cause = error instanceof SuppressedError ? error.suppressed : error;
    const wanted = { action: "create the machine", subject: about.name };
    if (cause instanceof SmolvmError) throw namedFailure(cause, wanted);
    const words = causeWords(cause);
    throw new SmolvmError("state", { ...wanted, ...words, cause });
  }
}

/**
 * An id that nobody has, and its turn. Whoever repairs what others left may hold the turn of an id whose lock
 * file has just appeared; then it is another id.
 */
function newTurn(paths: Paths): { id: string } & Disposable {
  for (;;) {
    const id = newId();
    const { turn: file } = machineFolder(paths, id);
    Deno.mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    const turn = FileLock.tryAcquire(file);
    if (turn) return { id, [Symbol.dispose]: () => turn[Symbol.dispose]() };
  }
}

function noContainer(path: string): SmolvmError {
  return new SmolvmError("usage", {
    action: "make a volume at",
    subject: path,
    reason: "a volume without a name is a container's, and no image is named that one is of",
    remedy: `name the volume (-v NAME:${path}), or an image`,
  });
}

/** An image's command with variables that its user's win over. */
function withVariables(image: ImageWish, variables: readonly string[]): ImageWish {
  const { process } = image;
  return { ...image, process: { ...process, env: [...variables, ...process.env] } };
}

function noCommand(name: string): SmolvmError {
  return new SmolvmError("usage", {
    action: "create the machine",
    subject: name,
    reason: "--proxy-env is given, and no image whose command it is for",
    remedy: "name an image, or give the variables to smolvm exec with -e",
  });
}

function nameTaken(name: string): SmolvmError {
  return new SmolvmError("usage", {
    action: "create the machine",
    subject: name,
    reason: "there is one of that name",
    remedy: `choose another name, or delete it with smolvm microvm delete ${name}`,
  });
}
