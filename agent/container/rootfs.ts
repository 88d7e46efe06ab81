/**
 * A container's root: an overlay of the image's read-only EROFS and a writable layer on the VM's storage.
 *
 * @module
 */
import { mount, unmount } from "../syscalls/mount.ts";

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
   * @param image where the image is mounted
   * @param keep whether disposing leaves the writable layer on the storage
   * @throws {SyscallError} when a mount fails
   */
  static mount(id: string, image: string, keep: boolean): ContainerRoot {
    const root = new ContainerRoot(id, keep);
    const [upper, work] = [`${root.layer}/upper`, `${root.layer}/work`];
    const fresh = !exists(upper);
    for (const folder of [root.path, upper, work]) Deno.mkdirSync(folder, { recursive: true });
    // The merged root has owner and mode of its upper folder, whatever the image says.
    if (fresh) copyOwner(image, upper);
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
        // A process that has not quite ended holds the folder. Only a container of `run` is not kept, and its VM's
        // storage goes with the VM.
      }
    }
  }
}

function exists(path: string): boolean {
  try {
    Deno.lstatSync(path);
    return true;
  } catch {
    return false;
  }
}

/** Gives a folder the owner and the mode of another. */
export function copyOwner(from: string, to: string): void {
  const { uid, gid, mode } = Deno.lstatSync(from);
  Deno.chownSync(to, uid, gid);
  Deno.chmodSync(to, (mode ?? 0o755) & 0o7777);
}

/**
 * Removes what a container that was kept left on the storage.
 *
 * @throws {Deno.errors} when it cannot be removed; one that is not there is fine
 */
export async function removeLayer(id: string): Promise<void> {
  try {
    await Deno.remove(`${LAYERS}/${id}`, { recursive: true });
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}
