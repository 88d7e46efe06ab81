/**
 * Makes a volume.
 *
 * @module
 */
import { SmolvmError } from "../error.ts";
import type { Host } from "../payload/host.ts";
import { VolumeChanges } from "../volumes/changes.ts";
import { checkVolumeName, newVolumeName } from "../volumes/name.ts";
import { DEFAULT_DISK_BYTES } from "./machine_defaults.ts";
import { vmSize } from "./vm_size.ts";

/** What is wanted of a volume; what is absent has a default. */
export interface VolumeWish {
  /** 64 random hex digits without it. */
  readonly name?: string;
  /** Size of its disk; 20 GiB without it. */
  readonly bytes?: number;
  readonly labels?: Readonly<Record<string, string>>;
}

/**
 * Makes a volume. One that is there is fine, as in Docker, unless another size is wanted of it.
 *
 * @returns its name
 * @throws {SmolvmError} kind `usage` when a value is not allowed, kind `state` when it cannot be made
 */
export async function createVolume(
  wish: VolumeWish,
  { paths, payload }: Pick<Host, "paths" | "payload">,
): Promise<string> {
  const name = wish.name === undefined ? newVolumeName() : checkVolumeName(wish.name);
  const { diskBytes: bytes } = vmSize({ diskBytes: wish.bytes ?? DEFAULT_DISK_BYTES });
  const templates = await payload.path("storage.json");
  using changes = await VolumeChanges.begin(paths);
  const { volume } = changes.create({ name, bytes, labels: wish.labels ?? {} }, templates);
  if (wish.bytes === undefined || volume.bytes === bytes) return name;
  throw new SmolvmError("usage", {
    action: "make the volume",
    subject: name,
    reason: `there is one of that name, of ${volume.bytes} bytes`,
    remedy: `choose another name, or remove it with smolvm volume rm ${name}`,
  });
}
