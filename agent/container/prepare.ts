/**
 * Turns a container request into a program ready to be launched: root, volumes, user, spec, cgroup, plan.
 *
 * @module
 */
import { errnoName } from "../../src/ffi/errno.ts";
import type { ContainerRequest } from "../../src/guest_protocol/messages.ts";
import type { VolumeRequest } from "../../src/guest_protocol/mounts.ts";
import { LaunchError, type PreparedProgram } from "../program/prepared.ts";
import { SyscallError } from "../syscalls/libc.ts";
import { Cgroup, programMemory } from "../program/cgroup.ts";
import { attachDeviceProgram } from "./attach_devices.ts";
import { deviceProgram } from "./device_program.ts";
import { dockerDefaults, type WantedBind } from "./docker_defaults.ts";
import { writeFiles } from "./generated_files.ts";
import { mountImage } from "./images.ts";
import { trustAuthority } from "../program/authority.ts";
import { placeInside, resolveInside } from "../program/inside.ts";
import { HostileFileError } from "../program/place.ts";
import { ContainerRoot } from "./rootfs.ts";
import { registerContainer } from "./running.ts";
import type { RuntimeSpec } from "./runtime_spec.ts";
import { sharePath } from "./shares.ts";
import { steps } from "./steps.ts";
import { resolveUser } from "../program/user.ts";
import { fillVolumes, volumePath } from "./volume_disks.ts";
import { makeVolumes, refuseRoot } from "./volumes.ts";

/**
 * Prepares a container.
 *
 * @throws {LaunchError} 125 when the image, the user or a limit does not allow it; nothing is left then
 */
export async function prepareContainer(request: ContainerRequest): Promise<PreparedProgram> {
  await using stack = new AsyncDisposableStack();
  try {
    const root = stack.use(ContainerRoot.mount(request.id, await mountImage(request.image), request.keep));
    if (request.network?.authority) await trustAuthority(root.path, request.network.authority);
    const spec = await specOf(request, root);
    const { memory, pids, devices } = spec.linux.resources ?? {};
    const limits = { memoryBytes: memory?.limit ?? 0, pids: pids?.limit ?? 0 };
    const cgroup = stack.use(Cgroup.create(cgroupName(request), limits));
    if (devices) attachDeviceProgram(cgroup.path, deviceProgram(devices));
    const { hostname, env, capAdd, capDrop, ulimits } = request;
    const owned = stack.move();
    return {
      steps: steps(spec, { init: request.init }),
      signals: "process",
      started: (pid) => {
        const container = {
          pid,
          cgroup: cgroup.name,
          root: root.path,
          hostname,
          env,
          capAdd,
          capDrop,
          ulimits,
        };
        owned.use(registerContainer(request.id, container));
      },
      kill: () => cgroup.kill(),
      outOfMemory: () => cgroup.outOfMemory(),
      [Symbol.asyncDispose]: () => owned.disposeAsync(),
    };
  } catch (error) {
    if (error instanceof HostileFileError) {
      throw new LaunchError({ exitCode: 125, reason: `in the image, ${error.message}` });
    }
    if (!(error instanceof SyscallError)) throw error;
    throw new LaunchError({ exitCode: 125, reason: errnoName(error.errno), step: error.call });
  }
}

/** Asks the mounted root what a spec needs to know of it, and makes what is bound into it. */
export async function specOf(request: ContainerRequest, root: ContainerRoot): Promise<RuntimeSpec> {
  for (const path of ["/proc", "/sys", "/dev"]) refuseLink(root.path, path);
  const user = resolveUser(root.path, request.user);
  linkMounts(root.path);
  const { capAdd, capDrop, ulimits, readOnly = false, shmBytes } = request;
  const tmpfs = (request.tmpfs ?? []).map((wanted) => tmpfsOf(root.path, wanted));
  const shares = (request.shares ?? []).map((share) => ({
    source: sharePath(share),
    target: placeInside(root.path, share.target),
    readOnly: share.readOnly,
    options: ["nosuid", "nodev"],
  }));
  const disks = await disksOf(root, request.disks ?? []);
  const taken = [...tmpfs.map(({ path }) => path), ...[...shares, ...disks].map(({ target }) => target)];
  // As in Docker, the image's volume gives way.
  const volumes = request.volumes.filter((volume) => !taken.includes(placeInside(root.path, volume)));
  const files = writeFiles(root, request).map((file) => ({ ...file, readOnly }));
  const binds = [...files, ...await makeVolumes(root, volumes), ...shares, ...disks];
  return dockerDefaults({
    root: root.path,
    cgroupsPath: `/${cgroupName(request)}`,
    hostname: request.hostname,
    user,
    cwd: placeInside(root.path, request.cwd),
    args: request.argv,
    env: request.env,
    binds: binds.map((bind) => ({ ...bind, target: placeInside(root.path, bind.target) })),
    tmpfs,
    readOnly,
    sharesNetwork: request.network !== undefined,
    ...(shmBytes !== undefined && { shmBytes }),
    capAdd,
    capDrop,
    ulimits,
    memoryLimit: request.memoryBytes || programMemory(),
    ...(request.terminal && { terminal: request.terminal }),
    ...(request.pids && { pidsLimit: request.pids }),
    arch: Deno.build.arch,
  });
}

/** Volumes that are disks, as they are bound into the root; those that are empty are filled. */
async function disksOf(root: ContainerRoot, volumes: readonly VolumeRequest[]): Promise<WantedBind[]> {
  for (const { target } of volumes) refuseRoot(root.path, target);
  if (volumes.length > 0) await fillVolumes(root, volumes);
  const bind = async (volume: VolumeRequest): Promise<WantedBind> => ({
    source: await volumePath(volume),
    target: placeInside(root.path, volume.target),
    readOnly: volume.readOnly,
    options: ["nodev"],
  });
  return await Promise.all(volumes.map(bind));
}

/** A filesystem in memory has the mode of the folder that it hides, as runc has it; else the kernel's, 1777. */
function tmpfsOf(root: string, { path, options }: { path: string; options: string[] }) {
  refuseRoot(root, path, "a tmpfs");
  const hidden = resolveInside(root, path);
  const mode = hidden === undefined ? undefined : Deno.lstatSync(hidden).mode;
  return {
    path: placeInside(root, path),
    options: mode === undefined || mode === null
      ? options
      : [`mode=${(mode & 0o7777).toString(8)}`, ...options],
  };
}

/** Its place below the root of cgroups. */
function cgroupName({ id }: ContainerRequest): string {
  return `container-${id}`;
}

/** A link at /proc, say, would have the masks below /proc laid over other files. */
function refuseLink(root: string, path: string): void {
  if (placeInside(root, path) !== path) throw new HostileFileError(`${path} is a link`);
}

/** /etc/mtab is a link to what the kernel knows, as in Docker; an image's own stays. */
function linkMounts(root: string): void {
  const etc = root + placeInside(root, "/etc");
  try {
    Deno.mkdirSync(etc, { recursive: true });
    Deno.symlinkSync("/proc/mounts", `${etc}/mtab`);
  } catch {
    // The image has one, or its /etc is no folder: then binding /etc/hostname fails, with a better message.
  }
}
