/**
 * The virtio-fs devices of a VM: which shared folder comes in on which, and where the guest finds it. The same on both
 * engines. Pure.
 *
 * @module
 */
import type { SharedFolder, VmDescription } from "./vm_description.ts";

/**
 * Up to this many folders have a device each, which fits beside three disks on either board and takes no rights on
 * the host; a volume or a network takes the place of one. More than that, and files, come in on one device together, for
 * which `confine` binds them below one folder.
 */
const DEVICES = 3;

/** What of a VM says which devices bring its shares. */
export type Sharing =
  & Pick<VmDescription, "shares">
  & Partial<Pick<VmDescription, "volumes" | "network">>;

/** Tag of the device that carries many. */
const TOGETHER = "shares";

/** A virtio-fs device. */
export interface ShareDevice {
  /** By which the guest mounts it. */
  readonly tag: string;
  /** Whether nothing of it may be changed. */
  readonly readOnly: boolean;
  /** The folder that it is; absent: it is a folder with the entries in it. */
  readonly folder?: SharedFolder;
  /** By their names in it; one with an empty name where it is a folder. */
  readonly entries: readonly (SharedFolder & { readonly name: string })[];
}

/** Where the guest finds a share. */
export interface SharePlace {
  readonly tag: string;
  /** Path below the device's root; empty: that root itself. */
  readonly path: string;
}

/** The devices, in the order in which an engine attaches them. */
export function shareDevices(vm: Sharing): ShareDevice[] {
  const { shares } = vm;
  if (shares.length === 0) return [];
  if (alone(vm)) {
    return shares.map((folder, index) => ({
      tag: tagOf(index),
      readOnly: folder.readOnly,
      folder,
      entries: [{ ...folder, name: "" }],
    }));
  }
  const entries = shares.map((share, index) => ({ ...share, name: String(index) }));
  return [{ tag: TOGETHER, readOnly: shares.every(({ readOnly }) => readOnly), entries }];
}

/** Where the guest finds each share, in their order. */
export function sharePlaces(vm: Sharing): SharePlace[] {
  const own = alone(vm);
  return vm.shares.map((_, index) =>
    own ? { tag: tagOf(index), path: "" } : { tag: TOGETHER, path: String(index) }
  );
}

function alone({ shares, volumes = [], network = "none" }: Sharing): boolean {
  const taken = volumes.length + (network === "none" ? 0 : 1);
  return shares.length <= DEVICES - taken && !shares.some(({ isFile }) => isFile);
}

function tagOf(index: number): string {
  return `share${index}`;
}
