/**
 * The QEMU engine: software emulation, for hosts without hardware virtualization.
 *
 * @module
 */
import { SmolvmError } from "../../error.ts";
import type { Availability, Engine, Vmm } from "../engine.ts";
import { confinedCommand, diskReach } from "../confine/confinement.ts";
import { findProgram } from "../programs.ts";
import type { VmDescription } from "../vm_description.ts";
import { startVmm } from "../vmm_process.ts";
import { qemuArguments } from "./command.ts";
import { qemuReach } from "./reach.ts";

/** QEMU's program by host architecture; the guest's is the same. */
const PROGRAMS = { x86_64: "qemu-system-x86_64", aarch64: "qemu-system-aarch64" } as const;

/** What to install, as Debian and Ubuntu call it. */
const PACKAGES = { x86_64: "qemu-system-x86", aarch64: "qemu-system-arm" } as const;

/** What the engine needs from outside. */
export interface QemuParts {
  /** Path of the kernel as an ELF file. */
  kernel(): Promise<string>;
  /** Path of the program that confines the VMM; `undefined` where the system has no such thing. */
  confine(): Promise<string | undefined>;
}

/** QEMU as an engine. */
export class QemuEngine implements Engine {
  readonly name = "qemu";
  readonly #parts: QemuParts;

  constructor(parts: QemuParts) {
    this.#parts = parts;
  }

  probe(): Promise<Availability> {
    const program = PROGRAMS[Deno.build.arch];
    const path = findProgram(program);
    if (path !== undefined) return Promise.resolve({ usable: true, details: path });
    return Promise.resolve({
      usable: false,
      reason: `${program} is not installed`,
      remedy: `install ${PACKAGES[Deno.build.arch]} (apt-get install ${
        PACKAGES[Deno.build.arch]
      }, or brew install qemu)`,
    });
  }

  async start(vm: VmDescription): Promise<Vmm> {
    const found = await this.probe();
    if (!found.usable) {
      const { reason, remedy } = found;
      throw new SmolvmError("engine", { action: "start the VM with the qemu engine", reason, remedy });
    }
    const [kernel, confine] = await Promise.all([this.#parts.kernel(), this.#parts.confine()]);
    const program = found.details;
    const args = qemuArguments(vm, kernel);
    const env = { LC_ALL: "C.UTF-8" };
    if (confine === undefined) return startVmm({ program, args, env });
    const reach = [...qemuReach(Deno.realPathSync(program)), { rights: "read", path: kernel } as const];
    const vmm = { program, args, reach: [...reach, ...diskReach(vm)] };
    return startVmm({ ...confinedCommand(confine, Deno.pid, vmm), env });
  }
}
