/**
 * Folders and files of the host in the guest: virtio-fs devices, each mounted once when it is first used, and bound where
 * they are wanted; in the VM's own root volumes too.
 *
 * @module
 */
import { errnoName } from "../../src/ffi/errno.ts";
import type { ShareOpen } from "../../src/guest_protocol/messages.ts";
import type { ShareRequest } from "../../src/guest_protocol/mounts.ts";
import { LAUNCHER } from "../process/spawn.ts";
import { placeInside } from "../program/inside.ts";
import { LaunchError } from "../program/prepared.ts";
import { SyscallError } from "../syscalls/libc.ts";
import { mount, MS } from "../syscalls/mount.ts";
import { parents } from "./folders.ts";
import { volumePath } from "./volume_disks.ts";

/** Where the devices are mounted, by their tags. */
const SHARES = "/run/smolvm/shares";

/** What the agent itself needs of the VM's root: a share over one of these, or over a folder above, would end it. */
const OWN = [
  ...[SHARES, "/run/smolvm", "/storage", LAUNCHER, "/bin", "/sbin", "/lib", "/lib64"],
  ...["/usr/bin", "/usr/sbin", "/usr/lib"],
];

const mounted = new Set<string>();

/**
 * Where the VM has a share.
 *
 * No device node and no setuid bit of a shared folder means anything to the guest.
 *
 * @throws {LaunchError} 125 when the device cannot be mounted
 */
export function sharePath({ tag, path, target }: ShareRequest): string {
  const place = `${SHARES}/${tag}`;
  if (!mounted.has(tag)) {
    Deno.mkdirSync(place, { recursive: true });
    named(target, () => mount({ source: tag, target: place, type: "virtiofs", flags: MS.NOSUID | MS.NODEV }));
    mounted.add(tag);
  }
  return path === "" ? place : `${place}/${path}`;
}

/**
 * Binds shares and volumes into the VM's own root, those that lie deeper later.
 *
 * @throws {LaunchError} 125 when one cannot be
 */
export async function shareWithRoot({ shares, disks = [] }: Omit<ShareOpen, "kind">): Promise<void> {
  const binds = shares.map((share) => ({ ...share, source: sharePath(share), flags: MS.NOSUID | MS.NODEV }));
  const volumes = await Promise.all(
    disks.map(async (disk) => ({ ...disk, source: await volumePath(disk), flags: MS.NODEV as number })),
  );
  const depth = ({ target }: { target: string }): number => parents(target).length;
  for (const bind of [...binds, ...volumes].sort((a, b) => depth(a) - depth(b))) {
    const { source, flags } = bind;
    const target = placeInside("", bind.target);
    refuseOwn(target, bind.target);
    named(bind.target, () => {
      makePlace(target, Deno.statSync(source).isDirectory);
      mount({ source, target, type: "", flags: MS.BIND });
      const readOnly = MS.BIND | MS.REMOUNT | MS.RDONLY | flags;
      if (bind.readOnly) mount({ source: "", target, type: "", flags: readOnly });
    });
  }
}

/** Judges a place in the VM's own root. @throws {LaunchError} 125 when the agent needs what is there */
export function refuseOwn(place: string, subject: string): void {
  if (!OWN.some((own) => own === place || own.startsWith(place === "/" ? place : `${place}/`))) return;
  const reason = `the machine itself needs its ${place}; share a folder below it, or choose another place`;
  throw new LaunchError({ exitCode: 125, reason, subject, step: "share" });
}

/** Makes what is bound over, where it is missing. */
function makePlace(target: string, isFolder: boolean): void {
  if (isFolder) return Deno.mkdirSync(target, { recursive: true });
  Deno.mkdirSync(target.slice(0, target.lastIndexOf("/")) || "/", { recursive: true });
  Deno.openSync(target, { append: true, create: true }).close();
}

function named(subject: string, act: () => void): void {
  try {
    act();
  } catch (error) {
    const reason = error instanceof SyscallError ? errnoName(error.errno) : (error as Error).message;
    throw new LaunchError({ exitCode: 125, reason, subject, step: "share" });
  }
}
