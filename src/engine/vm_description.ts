/**
 * What a VM is to be: a plan of its devices by name, and what is wanted of them. Which device each becomes is
 * the engine's to say; where the guest finds each disk is said here, for both engines. Pure.
 *
 * @module
 */

/** A VM, as a value: nothing happens until {@linkcode Engine.start}. */
export interface VmDescription {
  /** Virtual CPUs, at least 1. */
  readonly cpus: number;
  /** Guest memory in MiB. */
  readonly memoryMiB: number;
  /** Raw file of the root disk on the host: an EROFS with the agent, read-only. */
  readonly root: string;
  /** Raw file of an image's disk: an EROFS, read-only. */
  readonly image?: string;
  /** The disk that the guest writes to. */
  readonly storage: Storage;
  /** Disks that outlive the VM, each written by one VM at a time. */
  readonly volumes?: readonly VolumeDisk[];
  /** Folders of the host that the guest sees. */
  readonly shares: readonly SharedFolder[];
  readonly network: Network;
  /** Where the guest's console goes: its last 64 KiB are kept by whoever started the VM ({@linkcode Vmm}). */
  readonly console: "tail";
  /** Whether the root is an overlay with a writable layer on the storage, or read-only as its disk is. */
  readonly rootWritable: boolean;
  /** Whether the VM ends soon: then a quicker boot is worth more than fewer wake-ups of an idle guest. */
  readonly shortLived: boolean;
}

/** The writable disk. */
export interface Storage {
  /** Raw file on the host, with an ext4 filesystem. */
  readonly path: string;
  /**
   * `kept`: what a guest has synced outlives a crash of the host. `scratch`: nobody sees the disk again, so
   * that an engine need not sync it.
   */
  readonly durability: "kept" | "scratch";
}

/** The disk of a volume: a raw file on the host with an ext4 filesystem. */
export interface VolumeDisk {
  readonly path: string;
  /** The VMM opens it for reading, and the guest's device refuses writes. */
  readonly readOnly: boolean;
}

/** A folder or a file of the host. */
export interface SharedFolder {
  /** Absolute, without a link. */
  readonly path: string;
  /** Enforced on the host. */
  readonly readOnly: boolean;
  /** Whether it is a file. */
  readonly isFile?: boolean;
}

/**
 * Whom a guest reaches: nobody, or who takes its Ethernet frames ({@linkcode Vmm.network}), which come from one
 * network card of the hardware address `mac`, as `02:00:00:00:00:01`.
 */
export type Network = "none" | { readonly mac: string };

/** A virtio-blk disk, as both engines attach it. */
export interface Disk {
  /** Name of the block device in the guest, without `/dev/`. */
  readonly place: string;
  /** Raw file on the host. */
  readonly path: string;
  /** `undefined`: the guest can only read the disk. */
  readonly durability?: Storage["durability"];
}

/** Block devices of the guest by what they hold, without `/dev/`. */
export interface Places {
  readonly root: string;
  readonly image?: string;
  readonly storage: string;
  /** In the order of the description. */
  readonly volumes: readonly string[];
}

const LETTER_A = "a".charCodeAt(0);

/** The disks in the order in which an engine attaches them, which is the order of their names in the guest. */
export function disksOf(vm: VmDescription): Disk[] {
  const places = placesOf(vm);
  return [
    { place: places.root, path: vm.root },
    ...(vm.image !== undefined && places.image !== undefined
      ? [{ place: places.image, path: vm.image }]
      : []),
    { place: places.storage, path: vm.storage.path, durability: vm.storage.durability },
    ...(vm.volumes ?? []).map(({ path, readOnly }, index): Disk => ({
      place: places.volumes[index] ?? "",
      path,
      ...(!readOnly && { durability: "kept" }),
    })),
  ];
}

/** Where a guest finds each disk: Linux names virtio disks in the order in which they are attached. */
export function placesOf(vm: VmDescription & { readonly image: string }): Required<Places>;
export function placesOf(vm: VmDescription): Places;
export function placesOf(vm: VmDescription): Places {
  const first = vm.image === undefined
    ? { root: "vda", storage: "vdb" }
    : { root: "vda", image: "vdb", storage: "vdc" };
  const used = Object.keys(first).length;
  const volumes = (vm.volumes ?? []).map((_, index) => `vd${String.fromCharCode(LETTER_A + used + index)}`);
  return { ...first, volumes };
}
