/**
 * A container's root: an overlay of the image's read-only EROFS and a writable layer on the VM's storage.
 *
 * @module
 */
import { mount, MS, unmount } from "../syscalls/mount.ts";

/** Where images are mounted, one folder per block device. */
const IMAGES = "/run/smolvm/images";

/** Where containers' roots and generated files are. */
const CONTAINERS = "/run/smolvm/containers";

/** Where the writable layers are. */
const LAYERS = "/storage/containers";

/** A mounted root. Disposing unmounts it and removes its writable layer. */
export class ContainerRoot implements Disposable {
  /** The merged root. */
  readonly path: string;
  /** Generated files of this container, in memory. */
  readonly files: string;
  /** Its folder on the storage disk, where volumes are too. */
  readonly layer: string;

  readonly #keep: boolean;

  private constructor(id: string, keep: boolean) {
    this.#keep = keep;
    this.path = `${CONTAINERS}/${id}/root`;
    this.files = `${CONTAINERS}/${id}`;
    this.layer = `${LAYERS}/${id}`;
  }

  /**
   * Mounts a root.
   *
   * `index=on` keeps hard links whole when one of them is written, `redirect_dir=on` lets directories of
   * the image be renamed (Documentation/filesystems/overlayfs.rst).
   *
   * @param id the container
   * @param device block device of the image: `vdb`
   * @param keep whether disposing leaves the writable layer on the storage
   * @throws {SyscallError} when a mount fails
   */
  static mount(id: string, device: string, keep: boolean): ContainerRoot {
    const root = new ContainerRoot(id, keep);
    const image = mountImage(device);
    const [upper, work] = [`${root.layer}/upper`, `${root.layer}/work`];
    for (const folder of [root.path, upper, work]) Deno.mkdirSync(folder, { recursive: true });
    const options = `lowerdir=${image},upperdir=${upper},workdir=${work},index=on,redirect_dir=on`;
    mount({ source: "overlay", target: root.path, type: "overlay", data: options });
    return root;
  }

  [Symbol.dispose](): void {
    unmount(this.path);
    for (const folder of this.#keep ? [this.files] : [this.files, this.layer]) {
      try {
        Deno.removeSync(folder, { recursive: true });
      } catch {
        // A process that is still dying holds it; the storage of a one-off VM goes with the VM.
      }
    }
  }
}

const mounted = new Set<string>();

/** Mounts an image's disk once. */
function mountImage(device: string): string {
  const target = `${IMAGES}/${device}`;
  if (mounted.has(device)) return target;
  Deno.mkdirSync(target, { recursive: true });
  mount({ source: `/dev/${device}`, target, type: "erofs", flags: MS.RDONLY | MS.NODEV });
  mounted.add(device);
  return target;
}
