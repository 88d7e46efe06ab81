/**
 * Where a running VM comes from. A cold boot is one source; a VM that was saved, or one that was booted ahead
 * of its use, would be others.
 *
 * @module
 */
import type { Engine } from "../engine/engine.ts";
import type { VmDescription } from "../engine/vm_description.ts";
import { type BootOptions, RunningVm } from "./running_vm.ts";

/**
 * Yields a VM whose agent has answered, a new one each time. The caller disposes it.
 *
 * @throws {SmolvmError} kind `engine`, `guest` or `canceled`; nothing is left running
 */
export type VmSource = () => Promise<RunningVm>;

/** A VM that boots from its disks. */
export function coldBoot(engine: Engine, description: VmDescription, options: BootOptions): VmSource {
  return () => RunningVm.boot(engine, description, options);
}
