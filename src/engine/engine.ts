/**
 * What an engine is: it turns the description of a VM into a running VMM process with one link. Nothing above
 * this file knows which engine runs, but for src/engines, which makes them; nothing below it knows what the VM
 * is for.
 *
 * @module
 */
import type { Transport } from "../wire/transport.ts";
import type { Finding } from "./finding.ts";
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
  /** Why it was ended from here: a process that the VM cannot do without had ended, and what that said. */
  readonly reason?: string;
}

/** A VMM process, with the processes that it cannot do without. Disposing kills all and waits until they are gone. */
export interface Vmm extends AsyncDisposable {
  readonly pid: number;
  /** The byte stream to the agent; nothing was said on it yet. */
  readonly link: Transport;
  /**
   * The Ethernet frames of the guest's network card, each behind its length in 4 bytes, big-endian; absent where the VM
   * has none. Closed with the VM: a VMM does not get over the end of it.
   */
  readonly network?: Deno.UnixConn;
  /** Fulfilled when all of them have ended, with how the VMM did; never rejects. */
  readonly ended: Promise<VmmEnd>;
  /** The last lines of what VMM and guest console wrote, at most `lines`, control bytes removed. */
  consoleTail(lines: number): string;
  /** SIGKILL to all of them. */
  kill(): void;
}

/** A VM that goes on from where a template of its shape was saved. */
export interface Resumed {
  readonly vmm: Vmm;
  /** Throws the template away, for the VM did not come up and one that booted did. */
  spoiled(): void;
}

/** One way to run a VM. */
export interface Engine {
  readonly name: EngineName;
  /** Whether the VM's processors are emulated in software. */
  readonly emulates: boolean;
  /** Looks at this host; starts nothing. */
  probe(): Promise<Availability>;
  /** What the engine needs of this host, one by one, for `smolvm doctor`; starts no VM and never rejects. */
  findings(): Promise<Finding[]>;
  /**
   * Starts the VMM process.
   *
   * @throws {SmolvmError} kind `engine` when a part is missing or the description does not fit the engine's
   * devices; nothing is left running
   */
  start(vm: VmDescription): Promise<Vmm>;
  /**
   * Starts a VM from a saved one, which is made when it is first wanted. Its agent waits for the hello, and uses the
   * VM's own disks from then on. Absent where an engine cannot save a VM.
   *
   * @param signal ends the making of a template
   * @returns `undefined` where this VM has to boot
   * @throws {Error} when it cannot be started so; nothing is left running
   */
  resume?(vm: VmDescription, signal: AbortSignal): Promise<Resumed | undefined>;
}
