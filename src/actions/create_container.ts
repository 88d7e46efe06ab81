/**
 * Creates a container in a machine.
 *
 * @module
 */
import { join } from "node:path";
import { SmolvmError } from "../error.ts";
import { CONTAINER_VERSION, type ContainerSpec, encodeContainerSpec } from "../machines/container_spec.ts";
import { CONTAINER_FILE, machineFolder } from "../machines/folder.ts";
import { newId } from "../machines/ids.ts";
import { checkContainerName, checkHostname } from "../machines/names.ts";
import type { MachineSpec } from "../machines/spec.ts";
import { checkMounts, type Mounts } from "../shares/mounts.ts";
import { withVolumes } from "./create_machine.ts";
import type { MachineContext } from "./machine_context.ts";
import { refuseOthers } from "./machine_mounts.ts";
import { type ImageWish, planCommand, type PlanOptions } from "./plan_command.ts";

/** What is wanted of a container. */
export interface ContainerWish extends Partial<Mounts> {
  readonly image: ImageWish;
  /** A name beside its id. */
  readonly name?: string;
  /** Name of the host inside; the container's id without it. */
  readonly hostname?: string;
  readonly labels?: Readonly<Record<string, string>>;
}

/**
 * Creates a container. Its image is got first if need be, and is kept from being removed until the container
 * has a record that needs it.
 *
 * @throws {SmolvmError} kind `usage` when its name is taken or the machine has not what it is to have, and what getting the image throws
 */
export async function createContainer(
  machine: MachineSpec,
  wish: ContainerWish,
  context: MachineContext,
  options: PlanOptions = {},
): Promise<ContainerSpec> {
  const id = newId();
  const named = wish.name === undefined ? {} : { name: checkContainerName(wish.name) };
  const hostname = wish.hostname === undefined ? id : checkHostname(wish.hostname);
  const { shares, volumes, anonymous } = checkMounts(wish, wish.image.options?.tmpfs);
  refuseOthers({ shares, volumes }, machine);
  using planned = await planCommand(wish.image, context, options);
  const created = new Date().toISOString();
  const spec: ContainerSpec = {
    version: CONTAINER_VERSION,
    id,
    created,
    hostname,
    labels: { ...wish.labels },
    command: withVolumes(planned.command, anonymous),
    shares: [...shares],
    volumes: [...volumes],
    ...named,
  };
  putInPlace(machine, spec, context);
  return spec;
}

/** Its record, which takes the name, then its folder. */
function putInPlace(machine: MachineSpec, spec: ContainerSpec, { records, paths }: MachineContext): void {
  records.containers.create(machine, spec);
  const folder = join(machineFolder(paths, machine.id).containers, spec.id);
  try {
    Deno.mkdirSync(folder, { recursive: true, mode: 0o700 });
    Deno.writeTextFileSync(join(folder, CONTAINER_FILE), encodeContainerSpec(spec), { mode: 0o600 });
  } catch (cause) {
    records.containers.remove(spec.id);
    const reason = (cause as Error).message;
    throw new SmolvmError("state", { action: "create the container", subject: spec.id, reason, cause });
  }
}
