/**
 * Images in the guest: disks the VM was started with, and those that came over a session and lie on the
 * storage. Each is mounted once, read-only.
 *
 * @module
 */
import { createHash } from "node:crypto";
import type { ServerStream } from "../../src/wire/server_link.ts";
import type {
  GuestMessages,
  ImageRequest,
  PruneRequest,
  SessionEvent,
} from "../../src/guest_protocol/messages.ts";
import { Channel } from "../../src/wire/stream.ts";
import { runTool } from "../process/tool.ts";
import { LaunchError } from "../program/prepared.ts";
import { mount, MS, unmountNow } from "../syscalls/mount.ts";

/** Where images are mounted. */
const MOUNTED = "/run/smolvm/images";

/** Where images are that came over a session. */
const STORED = "/storage/images";

const mounts = new Map<string, Promise<string>>();

/**
 * Mounts an image.
 *
 * @param image a block device, or the digest of a stored one
 * @returns where it is mounted
 * @throws {SyscallError | LaunchError} when it cannot be
 */
export async function mountImage(image: string): Promise<string> {
  const known = mounts.get(image) ?? mountOnce(image);
  mounts.set(image, known);
  try {
    return await known;
  } catch (error) {
    mounts.delete(image);
    throw error;
  }
}

async function mountOnce(image: string): Promise<string> {
  const target = `${MOUNTED}/${image}`;
  Deno.mkdirSync(target, { recursive: true });
  if (image.startsWith("vd")) {
    mount({ source: `/dev/${image}`, target, type: "erofs", flags: MS.RDONLY | MS.NODEV });
  } else {
    await mountFile(`${STORED}/${image}.erofs`, target);
  }
  return target;
}

/** By busybox, which finds a free loop device. */
async function mountFile(file: string, target: string): Promise<void> {
  const code = await runTool(["/bin/busybox", "mount", "-t", "erofs", "-o", "loop,ro,nodev", file, target]);
  if (code === 0) return;
  throw new LaunchError({ exitCode: 125, reason: "the image cannot be mounted", step: "mount image" });
}

const arriving = new Map<string, Promise<void>>();

/**
 * Brings an image onto the storage, unless it is there. Two at once bring it once.
 *
 * @throws {LaunchError} 125 when what came is not the image, or there is no room for it
 */
export async function receiveImage(
  stream: ServerStream<GuestMessages>,
  request: ImageRequest,
): Promise<void> {
  const file = `${STORED}/${request.image}.erofs`;
  for (let before = arriving.get(file); before; before = arriving.get(file)) await before.catch(() => {});
  if (isFile(file)) return stream.send({ kind: "image", present: true });
  const arrival = receive(stream, request, file).finally(() => arriving.delete(file));
  arriving.set(file, arrival);
  await arrival;
  stream.send({ kind: "image", present: true });
}

/** Writes beside its place and renames, so that what has the name is whole. */
async function receive(
  stream: ServerStream<GuestMessages>,
  request: ImageRequest,
  file: string,
): Promise<void> {
  Deno.mkdirSync(STORED, { recursive: true });
  const unfinished = `${file}.new`;
  stream.send({ kind: "image", present: false });
  try {
    using output = await Deno.open(unfinished, { write: true, create: true, truncate: true });
    const hash = createHash("sha256");
    let count = 0;
    for (let bytes = await stream.read(Channel.stdin); bytes; bytes = await stream.read(Channel.stdin)) {
      count += bytes.length;
      if (count > request.bytes) throw notTheImage();
      hash.update(bytes);
      for (let at = 0; at < bytes.length;) at += await output.write(bytes.subarray(at));
    }
    if (count !== request.bytes || hash.digest("hex") !== request.sha256) throw notTheImage();
    await output.sync();
    await Deno.rename(unfinished, file);
  } catch (error) {
    await Deno.remove(unfinished).catch(() => {});
    if (error instanceof LaunchError) throw error;
    const reason = `the image does not fit onto the VM's disk (${(error as Error).message})`;
    throw new LaunchError({ exitCode: 125, reason, step: "store image" });
  }
}

/** Removes stored images that the host does not want kept; an image that a container's root is made of stays. */
export async function pruneImages({ keep }: PruneRequest): Promise<SessionEvent> {
  const images: string[] = [];
  let bytes = 0;
  for (const name of storedNames()) {
    const [, image, rest] = /^([0-9a-f]{64})\.erofs(\.new)?$/.exec(name) ?? [];
    const path = `${STORED}/${name}`;
    if (image === undefined || arriving.has(`${STORED}/${image}.erofs`)) continue;
    if (rest === undefined && (keep.includes(image) || !release(image))) continue;
    bytes += (Deno.statSync(path).blocks ?? 0) * 512;
    await Deno.remove(path);
    if (rest === undefined) images.push(image);
  }
  return { kind: "pruned", images, bytes };
}

function storedNames(): string[] {
  try {
    return [...Deno.readDirSync(STORED)].map(({ name }) => name);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}

/** Unmounts an image, and its loop device goes with it. @returns false when a container holds it */
function release(image: string): boolean {
  if (!mounts.has(image)) return true;
  try {
    unmountNow(`${MOUNTED}/${image}`);
  } catch {
    return false;
  }
  mounts.delete(image);
  return true;
}

/** Unmounts every image. @throws {SyscallError} EBUSY when a container's root is made of one */
export function forgetImages(): void {
  for (const image of mounts.keys()) {
    unmountNow(`${MOUNTED}/${image}`);
    mounts.delete(image);
  }
}

function notTheImage(): LaunchError {
  const reason = "the bytes that came are not the image's: size or digest differs";
  return new LaunchError({ exitCode: 125, reason, step: "store image" });
}

function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}
