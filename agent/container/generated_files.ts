/**
 * Puts /etc/hostname, /etc/hosts and /etc/resolv.conf beside a container's root, and finds where in it each is bound,
 * whatever the image has there.
 *
 * @module
 */
import type { ContainerRequest } from "../../src/guest_protocol/messages.ts";
import { placeInside } from "../program/inside.ts";
import { HostileFileError } from "../program/place.ts";
import { etcFiles } from "./etc_files.ts";
import type { ContainerRoot } from "./rootfs.ts";

/** What a container's own filesystems cover: no file of its root is seen there. */
const COVERED = /^\/(proc|sys|dev)(\/|$)/;

/** Writes the files. @returns what is bound; no target leads over a link */
export function writeFiles(
  root: Pick<ContainerRoot, "path" | "files">,
  request: Pick<ContainerRequest, "hostname" | "network">,
): { source: string; target: string }[] {
  return Object.entries(etcFiles(request)).map(([name, text]) => {
    const source = `${root.files}/${name}`;
    Deno.writeTextFileSync(source, text, { mode: 0o644 });
    return { source, target: targetOf(root.path, name) };
  });
}

/**
 * A link is followed, as in Docker, so that a program that reads the link's end finds the file too. A folder, a device, a
 * link into /proc or to nowhere that could be gives way in the container's own layer: Docker cannot start such an image.
 */
function targetOf(root: string, name: string): string {
  const place = linkEnd(root, `/etc/${name}`);
  if (place !== undefined && takesFile(root, place)) return place;
  const own = `${placeInside(root, "/etc")}/${name}`;
  Deno.removeSync(root + own, { recursive: true });
  return own;
}

/** `undefined` for a circle of links. */
function linkEnd(root: string, path: string): string | undefined {
  try {
    return placeInside(root, path);
  } catch (error) {
    if (error instanceof HostileFileError) return undefined;
    throw error;
  }
}

function takesFile(root: string, place: string): boolean {
  if (COVERED.test(place)) return false;
  try {
    return Deno.lstatSync(root + place).isFile;
  } catch (error) {
    // The launcher makes a file that is missing, and the folders on the way.
    return error instanceof Deno.errors.NotFound;
  }
}
