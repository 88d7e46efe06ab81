/**
 * The krun engine: libkrun in a process of its own, for hosts with hardware virtualization.
 *
 * @module
 */
import { SmolvmError } from "../../error.ts";
import type { Availability, Engine, RunningVm, VmDescription } from "../engine.ts";
import { bindToParent } from "../programs.ts";
import { startVmm } from "../vmm_process.ts";
import { hostVirtualization, probeVirtualization, type VirtualizationSource } from "./kvm.ts";
import { hostLibraries, libraryCandidates } from "./library.ts";
import { encodeOrder } from "./order.ts";
import { planCalls } from "./plan.ts";

/** libkrun on x86 has 11 interrupts for virtio devices; console, link and what it adds itself take five. */
const MAX_DISKS = 6;

/** Where the guest's console goes: the process's own stderr. */
const CONSOLE = Deno.build.os === "darwin" ? "/dev/fd/2" : "/proc/self/fd/2";

/** What the engine needs from outside. */
export interface KrunParts {
  /** Path of the kernel as an ELF file. */
  kernel(): Promise<string>;
  /** Path of libkrun and of what it needs, if the binary carries them. */
  libraries(): Promise<{ readonly libkrun: string; readonly before: readonly string[] } | undefined>;
  /** Program and first arguments that run {@linkcode runVmm}; the order follows. */
  readonly vmm: readonly [string, ...string[]];
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

  probe(): Promise<Availability> {
    return Promise.resolve(probeVirtualization(this.#host));
  }

  async start(vm: VmDescription): Promise<RunningVm> {
    if (vm.disks.length > MAX_DISKS) {
      throw new SmolvmError("engine", {
        action: "start the VM",
        reason: `${vm.disks.length} disks, and the krun engine has room for ${MAX_DISKS}`,
        remedy: "use fewer disks",
      });
    }
    const [kernel, { library, before }] = await Promise.all([this.#parts.kernel(), this.#findLibrary()]);
    const [program, ...args] = this.#parts.vmm;
    const bound = bindToParent(program, args);
    const order = encodeOrder({
      before: [...before],
      library,
      calls: planCalls(vm, { kernel, console: CONSOLE }),
      ...(!bound.endsWithParent && { supervisor: Deno.pid }),
    });
    return startVmm({ program: bound.program, args: [...bound.args, order], env: { LC_ALL: "C.UTF-8" } });
  }

  async #findLibrary(): Promise<{ library: string; before: readonly string[] }> {
    const embedded = await this.#parts.libraries();
    const [library] = libraryCandidates(embedded?.libkrun, hostLibraries());
    if (library === undefined) {
      throw new SmolvmError("engine", {
        action: "find libkrun",
        reason: "the binary carries none and none is installed",
        remedy: "install libkrun (brew install slp/krun/libkrun), or set SMOLVM_LIBKRUN",
      });
    }
    return { library, before: library === embedded?.libkrun ? embedded.before : [] };
  }
}
