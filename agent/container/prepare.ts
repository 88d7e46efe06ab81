/**
 * Turns a container request into a program ready to be launched: root, volumes, cgroup, user, plan.
 *
 * @module
 */
import { errnoName } from "../../src/ffi/errno.ts";
import type { ContainerRequest } from "../../src/guest_protocol/messages.ts";
import { LaunchError, type PreparedProgram } from "../program/prepared.ts";
import { SyscallError } from "../syscalls/libc.ts";
import { Cgroup, programMemory } from "../program/cgroup.ts";
import { attachDeviceProgram } from "./devices.ts";
import { completeEnvironment } from "../program/environment.ts";
import { mountImage } from "./images.ts";
import { placeInside } from "../program/inside.ts";
import { HostileFileError } from "../program/place.ts";
import { ContainerRoot } from "./rootfs.ts";
import { registerContainer } from "./running.ts";
import { containerSteps } from "./steps.ts";
import { resolveUser } from "../program/user.ts";
import { makeVolumes } from "./volumes.ts";

/** pids.max when the request names no limit: a fork bomb ends before the VM's own processes suffer. */
const DEFAULT_PIDS = 4096;

/**
 * Prepares a container.
 *
 * @throws {LaunchError} 125 when the image, the user or a limit does not allow it; nothing is left then
 */
export async function prepareContainer(request: ContainerRequest): Promise<PreparedProgram> {
  await using stack = new AsyncDisposableStack();
  try {
    const root = stack.use(ContainerRoot.mount(request.id, await mountImage(request.image), request.keep));
    const cgroup = stack.use(Cgroup.create(`container-${request.id}`, {
      memoryBytes: request.memoryBytes || programMemory(),
      pids: request.pids || DEFAULT_PIDS,
    }));
    attachDeviceProgram(cgroup.path);
    for (const path of ["/proc", "/sys", "/dev"]) refuseLink(root.path, path);
    const user = resolveUser(root.path, request.user);
    linkMounts(root.path);
    const binds = [...writeFiles(root, request.hostname), ...await makeVolumes(root, request.volumes)];
    const steps = containerSteps({
      root: root.path,
      cgroup: cgroup.path,
      hostname: request.hostname,
      user,
      cwd: placeInside(root.path, request.cwd),
      argv: request.argv,
      env: completeEnvironment(request.env, user, request.hostname),
      init: request.init,
      binds: binds.map(({ source, target }) => ({ source, target: placeInside(root.path, target) })),
      arch: Deno.build.arch,
    });
    const owned = stack.move();
    return {
      steps,
      signals: "process",
      started: (pid) => {
        const { hostname, env } = request;
        const container = { pid, cgroup: cgroup.name, root: root.path, hostname, env };
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

/** What is mounted there must be found under its own name, or masks would be laid over something else. */
function refuseLink(root: string, path: string): void {
  if (placeInside(root, path) !== path) throw new HostileFileError(`${path} is a link`);
}

/** /etc/hostname, /etc/hosts and /etc/resolv.conf are the runtime's, not the image's. */
function writeFiles(root: ContainerRoot, hostname: string): { source: string; target: string }[] {
  const hosts = [
    "127.0.0.1\tlocalhost",
    "::1\tlocalhost ip6-localhost ip6-loopback",
    "fe00::0\tip6-localnet",
    "ff00::0\tip6-mcastprefix",
    "ff02::1\tip6-allnodes",
    "ff02::2\tip6-allrouters",
    `127.0.1.1\t${hostname}`,
  ];
  const files: Record<string, string> = {
    "hostname": `${hostname}\n`,
    "hosts": hosts.join("\n") + "\n",
    // The network is off: there is no resolver, and an empty file says so at once.
    "resolv.conf": "",
  };
  return Object.entries(files).map(([name, text]) => {
    const source = `${root.files}/${name}`;
    Deno.writeTextFileSync(source, text, { mode: 0o644 });
    return { source, target: `/etc/${name}` };
  });
}

/** /etc/mtab is a link to what the kernel knows, as in Docker; an image's own stays. */
function linkMounts(root: string): void {
  const etc = root + placeInside(root, "/etc");
  try {
    Deno.mkdirSync(etc, { recursive: true });
    Deno.symlinkSync("/proc/mounts", `${etc}/mtab`);
  } catch {
    // It is there, or /etc is no folder, which the launcher says better.
  }
}
