/**
 * Brings an image into a running VM: by digest, once, verified there.
 *
 * @module
 */
import { SmolvmError } from "../error.ts";
import { hexOf } from "../image/model/digest.ts";
import type { Digest, Image } from "../image/model/image.ts";
import { CONNECTION_LOST } from "../session/outcome.ts";
import { Channel } from "../wire/stream.ts";
import type { RunningVm } from "./running_vm.ts";

/** Bytes read at a time. */
const PIECE = 262_144;

/**
 * Makes sure that an image is on a VM's storage.
 *
 * @param diskDigest SHA-256 of the image's disk, which the guest checks what comes against
 * @returns what names it there
 * @throws {SmolvmError} kind `guest` when it cannot be stored
 */
export async function bringImage(vm: RunningVm, image: Image, diskDigest: Digest): Promise<string> {
  const name = hexOf(image.id);
  const sha256 = hexOf(diskDigest);
  const stream = vm.open({ kind: "image", image: name, bytes: Deno.statSync(image.disk).size, sha256 });
  let event = await stream.nextMessage();
  if (event?.kind === "image" && !event.present) {
    await send(image.disk, (bytes) => stream.write(Channel.stdin, bytes));
    stream.end(Channel.stdin);
    event = await stream.nextMessage();
  }
  if (event?.kind === "image" && event.present) return name;
  const { reason = CONNECTION_LOST } = event?.kind === "failed" ? event : await stream.ended;
  throw new SmolvmError("guest", { action: "bring the image into the VM", subject: image.id, reason });
}

async function send(path: string, write: (bytes: Uint8Array) => Promise<boolean>): Promise<void> {
  using file = await Deno.open(path);
  const buffer = new Uint8Array(PIECE);
  for (let count = await file.read(buffer); count !== null; count = await file.read(buffer)) {
    if (!(await write(buffer.subarray(0, count)))) return;
  }
}
