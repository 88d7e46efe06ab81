/**
 * The krun engine: libkrun in a process of its own, for hosts with hardware virtualization.
 *
 * @module
 */
import { SmolvmError } from "../../error.ts";
import { debugEnabled } from "../../log.ts";
import type { Availability, Engine, Vmm } from "../engine.ts";
import type { Finding } from "../finding.ts";
import { confinedCommand, diskReach, programReach, type Reach } from "../confine/confinement.ts";
import { HandedConnection } from "../../ffi/handed_connection.ts";
import { Lifeline } from "../../ffi/lifeline.ts";
import { refuseUnfit, type Room } from "../room.ts";
import type { VmDescription } from "../vm_description.ts";
import { startVmm } from "../vmm_process.ts";
import type { ProcessCommand } from "../watched_process.ts";
import { hostVirtualization, probeVirtualization, type VirtualizationSource } from "./kvm.ts";
import { inspectLibrary } from "./inspect.ts";
import { hostLibraries, libraryCandidates, type LibrarySource } from "./library.ts";
import { libkrun, processor, type TakenLibrary, virtualization } from "./findings.ts";
import { encodeRequest, type VmmRequest } from "./vmm_request.ts";
import { planCalls } from "./plan.ts";
import { krunShares, refuseUnbound } from "./shares.ts";

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

/** A libkrun of the binary's. */
export interface CarriedLibrary {
  /** Path of its file. */
  readonly libkrun: string;
  /** Paths of libraries that it needs and the system may lack. */
  readonly preload: readonly string[];
  readonly version?: string;
}

/** What the engine needs from outside. */
export interface KrunParts {
  /** Path of the kernel as an ELF file. */
  kernel(): Promise<string>;
  /** The libkrun that the binary carries, if it does. */
  libraries(): Promise<CarriedLibrary | undefined>;
  /** Program and first arguments that run {@linkcode runVmm}; the request follows. */
  readonly vmm: readonly [string, ...string[]];
  /** Path of the program that confines the VMM; `undefined` where the system has no such thing. */
  confine(): Promise<string | undefined>;
}

/** libkrun as an engine. */
export class KrunEngine implements Engine {
  readonly name = "krun";
  readonly emulates = false;
  readonly #parts: KrunParts;
  readonly #host: VirtualizationSource;
  readonly #installed: LibrarySource;

  constructor(
    parts: KrunParts,
    host: VirtualizationSource = hostVirtualization(parts.vmm[0]),
    installed: LibrarySource = hostLibraries(),
  ) {
    this.#parts = parts;
    this.#host = host;
    this.#installed = installed;
  }

  async probe(): Promise<Availability> {
    const host = probeVirtualization(this.#host);
    if (!host.usable) return host;
    try {
      const taken = await this.#findLibrary();
      if (taken === undefined) return NO_LIBRARY;
      // The carried libkrun was tested with this binary, and unpacking has checked its digest.
      const found = taken.carried ? host : inspectLibrary(taken.library);
      return found.usable ? host : { ...found, reason: `${taken.library}: ${found.reason}` };
    } catch (error) {
      return { usable: false, reason: notUnpacked(error), remedy: "see smolvm doctor" };
    }
  }

  async findings(): Promise<Finding[]> {
    const library = await this.#findLibrary().then(libkrun, (error): Finding => {
      return { name: "libkrun", grade: "missing", details: notUnpacked(error) };
    });
    return [processor(this.#host), virtualization(this.#host), library];
  }

  async start(vm: VmDescription): Promise<Vmm> {
    refuseUnfit(vm, ROOM);
    const [kernel, taken, confine] = await Promise.all([
      this.#parts.kernel(),
      this.#findLibrary(),
      this.#parts.confine(),
    ]);
    if (taken === undefined) throw new SmolvmError("engine", { action: "start the VM", ...NO_LIBRARY });
    const { library, preload } = taken;
    if (vm.network !== "none" && !taken.carried) refuseWithoutNetwork(library);
    using network = vm.network === "none" ? undefined : await HandedConnection.open();
    const calls = planCalls(vm, { kernel, console: CONSOLE, network: network?.descriptor });
    const request = { preload: [...preload], library, calls };
    const [program, ...args] = this.#parts.vmm;
    const env = { LC_ALL: "C.UTF-8", ...(debugEnabled() && { SMOLVM_LOG: "debug" }) };
    if (confine === undefined) refuseUnbound(vm);
    if (confine === undefined) return startOnLifeline({ program, args, env }, request, network);
    const files = [kernel, library, ...preload].map((path): Reach => ({ rights: "read", path }));
    const shares = krunShares(vm);
    const reach = [...programReach(program), ...KRUN_REACH, ...files, ...diskReach(vm), ...shares.reach];
    const keep = network ? [network.descriptor] : [];
    const vmm = { program, args: [...args, encodeRequest(request)], reach, keep, bound: shares.bound };
    return startVmm({ ...confinedCommand(confine, Deno.pid, vmm), env }, { network });
  }

  /** The library that would be taken; `undefined` when there is none. */
  async #findLibrary(): Promise<TakenLibrary & { readonly carried: boolean } | undefined> {
    const embedded = await this.#parts.libraries();
    const [library] = libraryCandidates(embedded?.libkrun, this.#installed);
    if (library === undefined) return undefined;
    if (library !== embedded?.libkrun) return { library, preload: [], carried: false };
    const { preload, version } = embedded;
    return { library, preload, carried: true, ...(version !== undefined && { version }) };
  }
}

function notUnpacked(error: unknown): string {
  const reason = error instanceof SmolvmError ? error.reason : (error as Error).message;
  return `libkrun cannot be unpacked (${reason})`;
}

/** @throws {SmolvmError} kind `engine` where an installed libkrun was built without network cards */
function refuseWithoutNetwork(library: string): void {
  const found = inspectLibrary(library, { network: true });
  if (found.usable) return;
  const { reason, remedy } = found;
  throw new SmolvmError("engine", { action: "give the VM a network by", subject: library, reason, remedy });
}

/** For systems without a parent-death signal: the VMM process watches a pipe, which ends with this process. */
function startOnLifeline(
  command: ProcessCommand,
  request: Omit<VmmRequest, "lifeline">,
  network: HandedConnection | undefined,
): Vmm {
  const lifeline = Lifeline.open();
  try {
    const word = encodeRequest({ ...request, lifeline: lifeline.inherited });
    const vm = startVmm({ ...command, args: [...command.args, word] }, { network });
    void vm.ended.then(() => lifeline[Symbol.dispose]());
    return vm;
  } catch (error) {
    lifeline[Symbol.dispose]();
    throw error;
  } finally {
    lifeline.closeInherited();
  }
}
