/**
 * What an engine is: it turns the description of a VM into a running VMM process with one link. Nothing
 * above this file knows which engine runs; nothing below it knows what the VM is for.
 *
 * @module
 */
import type { Transport } from "../wire/transport.ts";
import type { VmDescription } from "./vm_description.ts";

export type EngineName = "krun" | "qemu";

/** Whether an engine can run here, and if not, why and what to do. */
export type Availability =
  | { readonly usable: true; readonly details: string }
  | { readonly usable: false; readonly reason: string; readonly remedy: string };

/** How a VMM process ended. */
export interface VmmEnd {
  readonly code: number | null;
  readonly signal: string | null;
  /** Last lines the VMM itself wrote to stderr, control bytes removed. */
  readonly stderr: string;
}

/** A VMM process. Disposing kills it and waits until it is gone. */
export interface Vmm extends AsyncDisposable {
  readonly pid: number;
  /** The byte stream to the agent; nothing was said on it yet. */
  readonly link: Transport;
  /** Fulfilled when the process has ended, however it did; never rejects. */
  readonly ended: Promise<VmmEnd>;
  /** The guest console's last lines, at most `lines`, control bytes removed. */
  consoleTail(lines: number): Promise<string>;
  /** SIGKILL. */
  kill(): void;
}

/** One way to run a VM. */
export interface Engine {
  readonly name: EngineName;
  /** Looks at this host; starts nothing. */
  probe(): Promise<Availability>;
  /**
   * Starts the VMM process.
   *
   * @throws {SmolvmError} kind `engine` when a part is missing or the description does not fit the engine's
   * devices; nothing is left running
   */
  start(vm: VmDescription): Promise<Vmm>;
}
