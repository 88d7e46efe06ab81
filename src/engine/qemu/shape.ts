/**
 * What VMs that go on from one template have in common: all but the files of their disks. Pure.
 *
 * @module
 */
import type { VmDescription } from "../vm_description.ts";

/** Files in place of those that a VM has of its own. */
export interface StandIns {
  /** In place of an image, if there is one. */
  readonly image: string;
  readonly storage: string;
  /** In place of the volume of that number, from 0. */
  volume(index: number): string;
}

/** The VM on other disks, which are as many and of the same kinds. */
export function onStandIns(vm: VmDescription, { image, storage, volume }: StandIns): VmDescription {
  return {
    ...vm,
    ...(vm.image !== undefined && { image }),
    storage: { ...vm.storage, path: storage },
    ...(vm.volumes && { volumes: vm.volumes.map((one, index) => ({ ...one, path: volume(index) })) }),
  };
}
