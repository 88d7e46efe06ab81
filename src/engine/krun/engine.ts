/**
 * The krun engine: libkrun in a process of its own, for hosts with hardware virtualization.
 *
 * @module
 */
import { SmolvmError } from "../../error.ts";
import { debugEnabled } from "../../log.ts";
import type { Availability, Engine, Vmm } from "../engine.ts";
import { confinedCommand, diskReach, programReach, type Reach } from "../confine/confinement.ts";
import { Lifeline } from "../../ffi/lifeline.ts";
import { refuseUnfit, type Room } from "../room.ts";
import type { VmDescription } from "../vm_description.ts";
import { startVmm } from "../vmm_process.ts";
import type { ProcessCommand } from "../watched_process.ts";
import { hostVirtualization, probeVirtualization, type VirtualizationSource } from "./kvm.ts";
import { inspectLibrary } from "./inspect.ts";
import { hostLibraries, libraryCandidates } from "./library.ts";
import { encodeOrder, type VmmOrder } from "./order.ts";
import { planCalls } from "./plan.ts";

/**
 * libkrun's board for x86 has 11 interrupts for virtio devices, one each. The console, the link and what
 * libkrun adds to every VM take five.
 */
const ROOM: Room = { engine: "krun", devices: 6 };

/** Where the guest's console goes: the process's own stderr. */
const CONSOLE = Deno.build.os === "darwin" ? "/dev/fd/2" : "/proc/self/fd/2";

/** What libkrun opens beside the files of a VM. */
const KRUN_REACH: readonly Reach[] = [{ rights: "device", path: "/dev/kvm" }];

const NO_LIBRARY = {
  usable: false,
  reason: "the binary carries no libkrun and none is installed",
  remedy: "install libkrun (brew install slp/krun/libkrun), or set SMOLVM_LIBKRUN",
} as const;

/** What the engine needs from outside. */
export interface KrunParts {
  /** Path of the kernel as an ELF file. */
  kernel(): Promise<string>;
  /** Path of libkrun and of what it needs, if the binary carries them. */
  libraries(): Promise<{ readonly libkrun: string; readonly before: readonly string[] } | undefined>;
  /** Program and first arguments that run {@linkcode runVmm}; the order follows. */
  readonly vmm: readonly [string, ...string[]];
  /** Path of the program that confines the VMM; `undefined` where the system has no such thing. */
  confine(): Promise<string | undefined>;
}

/** libkrun as an engine. */
export class KrunEngine implements Engine {
  readonly name = "krun";
  readonly #parts: KrunParts;
  readonly #host: VirtualizationSource;

  constructor(parts: KrunParts, host: VirtualizationSource = hostVirtualization()) {
    this.#parts = parts;
    this.#host = host;
  }

  async probe(): Promise<Availability> {
    const host = probeVirtualization(this.#host);
    if (!host.usable) return host;
    try {
      const { library, carried } = await this.#findLibrary();
      if (library === undefined) return NO_LIBRARY;
      // The carried one has its digest, and a test to say that it serves.
      const found = carried ? host : inspectLibrary(library);
      return found.usable ? host : { ...found, reason: `${library}: ${found.reason}` };
    } catch (error) {
      const reason = error instanceof SmolvmError ? error.reason : (error as Error).message;
      return { usable: false, reason: `libkrun cannot be unpacked (${reason})`, remedy: "see smolvm doctor" };
    }
  }

  async start(vm: VmDescription): Promise<Vmm> {
    refuseUnfit(vm, ROOM);
    const [kernel, { library, before = [] }, confine] = await Promise.all([
      this.#parts.kernel(),
      this.#findLibrary(),
      this.#parts.confine(),
    ]);
    if (library === undefined) throw new SmolvmError("engine", { action: "start the VM", ...NO_LIBRARY });
    const order = { before: [...before], library, calls: planCalls(vm, { kernel, console: CONSOLE }) };
    const [program, ...args] = this.#parts.vmm;
    const env = { LC_ALL: "C.UTF-8", ...(debugEnabled() && { SMOLVM_LOG: "debug" }) };
    if (confine === undefined) return startOnLifeline({ program, args, env }, order);
    const files = [kernel, library, ...before].map((path): Reach => ({ rights: "read", path }));
    const reach = [...programReach(program), ...KRUN_REACH, ...files, ...diskReach(vm)];
    const vmm = { program, args: [...args, encodeOrder(order)], reach };
    return startVmm({ ...confinedCommand(confine, Deno.pid, vmm), env });
  }

  /** The library that is taken; `before` is what it needs. */
  async #findLibrary(): Promise<{ library?: string; before?: readonly string[]; carried: boolean }> {
    const embedded = await this.#parts.libraries();
    const [library] = libraryCandidates(embedded?.libkrun, hostLibraries());
    if (library === undefined) return { carried: false };
    if (library === embedded?.libkrun) return { library, before: embedded.before, carried: true };
    return { library, carried: false };
  }
}

/** Where the kernel does not end a process with its parent, that watches a pipe. */
function startOnLifeline(command: ProcessCommand, order: Omit<VmmOrder, "lifeline">): Vmm {
  const lifeline = Lifeline.open();
  try {
    const word = encodeOrder({ ...order, lifeline: lifeline.inherited });
    const vm = startVmm({ ...command, args: [...command.args, word] });
    void vm.ended.then(() => lifeline[Symbol.dispose]());
    return vm;
  } catch (error) {
    lifeline[Symbol.dispose]();
    throw error;
  } finally {
    lifeline.closeInherited();
  }
}
