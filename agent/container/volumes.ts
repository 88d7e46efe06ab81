/**
 * Volumes of a container: ext4 directories that start as copies of what the image has at their place, as
 * Docker's anonymous volumes do.
 *
 * @module
 */
import { runTool } from "../process/tool.ts";
import { LaunchError } from "../program/prepared.ts";
import { placeInside, resolveInside } from "../program/inside.ts";
import { HostileFileError } from "../program/place.ts";
import { type ContainerRoot, copyOwner } from "./rootfs.ts";

/**
 * Makes the volumes.
 *
 * @param root the container's mounted root; nothing runs in it yet
 * @param paths absolute paths inside it
 * @throws {LaunchError} 125 when the image's content cannot be copied
 */
export async function makeVolumes(
  root: ContainerRoot,
  paths: readonly string[],
): Promise<{ source: string; target: string }[]> {
  const volumes = [];
  for (const [index, target] of paths.entries()) {
    refuseRoot(root.path, target);
    const source = `${root.layer}/volumes/${index}`;
    if (!isFolder(source)) await fill(root, source, target);
    volumes.push({ source, target });
  }
  return volumes;
}

/** A mount over everything, or over what tells of processes, leaves nothing to run in (as Docker has it). */
export function refuseRoot(root: string, target: string, what = "a volume"): void {
  const place = placeInside(root, target);
  if (place !== "/" && place !== "/proc" && !place.startsWith("/proc/")) return;
  throw new HostileFileError(`${what} is to be at ${place}`);
}

/** Copies beside the volume's place and renames, so that a volume that exists is whole, and never filled again. */
async function fill(root: ContainerRoot, source: string, target: string): Promise<void> {
  const unfinished = `${source}.new`;
  Deno.mkdirSync(unfinished, { recursive: true });
  const content = resolveInside(root.path, target);
  if (content && isFolder(content)) await copyFolder(content, unfinished, target);
  Deno.renameSync(unfinished, source);
}

function isFolder(path: string): boolean {
  try {
    return Deno.lstatSync(path).isDirectory;
  } catch {
    return false;
  }
}

/**
 * Copies what is in a folder, and the folder's owner and mode. cp -a keeps owners, modes, times, links and devices, and
 * follows no link.
 *
 * @param target the place in the container, for messages
 * @throws {LaunchError} 125 when something cannot be copied
 */
export async function copyFolder(from: string, to: string, target: string): Promise<void> {
  if (await runTool(["/bin/busybox", "cp", "-a", `${from}/.`, to]) === 0) {
    // `cp -a DIR/. TO` gives the content; the folder's own owner and mode are set here.
    return copyOwner(from, to);
  }
  throw new LaunchError({
    exitCode: 125,
    reason: "the image's files cannot be copied into the volume",
    subject: target,
    step: "make volume",
  });
}
