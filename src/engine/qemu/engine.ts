/**
 * The QEMU engine: software emulation, for hosts without hardware virtualization.
 *
 * @module
 */
import { dirname, join } from "node:path";
import { SmolvmError } from "../../error.ts";
import { debug } from "../../log.ts";
import type { Availability, Engine, Resumed, Vmm } from "../engine.ts";
import type { Finding } from "../finding.ts";
import { confinedCommand, diskReach } from "../confine/confinement.ts";
import { HandedConnection } from "../../ffi/handed_connection.ts";
import { isFile } from "../../files/is_there.ts";
import { findProgram } from "../programs.ts";
import { type Processor, thisTarget } from "../../target.ts";
import type { VmDescription } from "../vm_description.ts";
import { startVmm } from "../vmm_process.ts";
import { boards } from "./boards.ts";
import { qemuArguments, type QemuSockets } from "./command.ts";
import { fileServerFinding } from "./file_server_finding.ts";
import { fileServers, findVirtiofsd, type VirtiofsdSources } from "./file_servers.ts";
import { qemu } from "./findings.ts";
import { begin, type Origin } from "./origin.ts";
import { qemuReach } from "./reach.ts";
import { rehearse } from "./rehearsal.ts";
import { goOn, saveTemplate } from "./save_template.ts";
import { onStandIns } from "./shape.ts";
import { templateKey } from "./template_key.ts";
import type { Template, Templates } from "./templates.ts";

/** What the engine needs from outside. */
export interface QemuParts {
  /** Path of the kernel as an ELF file. */
  kernel(): Promise<string>;
  /** Path of the program that confines the VMM; `undefined` where the system has no such thing. */
  confine(): Promise<string | undefined>;
  /** Path of the virtiofsd that the binary carries, if it does. */
  virtiofsd?(): Promise<string | undefined>;
  /** Where VMs are saved from which others go on; absent: each boots. */
  readonly templates?: Templates;
  /** Makes a small storage disk at a path, for a VM that rehearses before it is saved; absent: none does. */
  storage?(path: string): Promise<void>;
}

/** What the engine looks at; a parameter so that tests need no other host. */
export interface QemuHost {
  readonly arch: Processor;
  /** Path of a program by its name. */
  find(program: string): string | undefined;
  /** Path of a virtiofsd that the user names (SMOLVM_VIRTIOFSD). */
  readonly virtiofsd?: string | undefined;
}

const thisHost: QemuHost = { arch: Deno.build.arch, find: (program) => findProgram(program) };

/** QEMU's arguments where nothing confines it. @throws {SmolvmError} kind `engine` when folders are to be shared */
function unconfined(vm: VmDescription, kernel: string, sockets: QemuSockets): string[] {
  if (vm.shares.length === 0) return qemuArguments(vm, kernel, sockets);
  throw new SmolvmError("engine", {
    action: "share folders with the VM",
    reason: "with the qemu engine smolvm does so on Linux only",
    remedy: "leave the shared folders out",
  });
}

/** How long a template may take to be made, in milliseconds: a boot on a busy host. */
const SAVE_MILLISECONDS = 60_000;

/** How long QEMU may take to load a template, in milliseconds; seen: 30 to 100. */
const GO_ON_MILLISECONDS = 15_000;

/** Size of an empty disk that stands in for another, in bytes. */
const STAND_IN_BYTES = 2 ** 20;

function emptyDisk(path: string): void {
  Deno.writeFileSync(path, new Uint8Array(0), { mode: 0o600 });
  Deno.truncateSync(path, STAND_IN_BYTES);
}

/** QEMU as an engine. */
export class QemuEngine implements Engine {
  readonly name = "qemu";
  readonly emulates = true;
  readonly #parts: QemuParts;
  readonly #host: QemuHost;

  constructor(parts: QemuParts, host: QemuHost = thisHost) {
    this.#parts = parts;
    this.#host = host;
  }

  probe(): Promise<Availability> {
    return Promise.resolve(this.#look());
  }

  async findings(): Promise<Finding[]> {
    return [await qemu(this.#host.find(boards[this.#host.arch].program)), await this.#fileServer()];
  }

  async start(vm: VmDescription): Promise<Vmm> {
    return await this.#launch(vm, { how: "boot" });
  }

  async resume(vm: VmDescription, signal: AbortSignal): Promise<Resumed | undefined> {
    const { templates } = this.#parts;
    // A file server's state cannot be saved (QEMU 7.2), and without `confine` nothing keeps QEMU from the template.
    if (!templates || vm.shares.length > 0 || await this.#parts.confine() === undefined) return undefined;
    const key = await templateKey(vm, { kernel: await this.#parts.kernel(), program: this.#program() });
    const template = await templates.get(key, (files) => this.#save(vm, files, signal));
    if (!template) return undefined;
    const { vmm, connection } = await this.#launchMonitored(vm, (monitor) => ({
      how: "resume",
      template,
      shared: isFile(template.shared),
      monitor,
    }));
    const spoiled = (): void => templates.drop(template);
    try {
      await goOn(vmm, connection, AbortSignal.any([signal, AbortSignal.timeout(GO_ON_MILLISECONDS)]));
    } catch (error) {
      if (!signal.aborted) spoiled();
      throw error;
    }
    return { vmm, spoiled };
  }

  /** Saves a VM of the same shape behind a rehearsal, or, where that fails, one that has had none. */
  async #save(vm: VmDescription, files: Template, signal: AbortSignal): Promise<void> {
    const { storage } = this.#parts;
    const folder = dirname(files.memory);
    if (storage) {
      try {
        return await this.#saveOn(vm, files, { signal, storage, rehearses: true });
      } catch (error) {
        if (signal.aborted) throw error;
        debug("template without a rehearsal", { reason: (error as Error).message });
        for (const { name } of Deno.readDirSync(folder)) Deno.removeSync(join(folder, name));
      }
    }
    await this.#saveOn(vm, files, { signal, storage: emptyDisk, rehearses: false });
  }

  /** Boots a VM of the same shape on disks that stand in for its own, and saves it. @param how `storage` makes that disk */
  async #saveOn(
    vm: VmDescription,
    files: Template,
    how: {
      readonly signal: AbortSignal;
      readonly storage: (path: string) => void | Promise<void>;
      readonly rehearses: boolean;
    },
  ): Promise<void> {
    Deno.writeFileSync(files.memory, new Uint8Array(0), { mode: 0o600 });
    // QEMU locks each disk that it may write to, so that each has a file of its own.
    const disk = (name: string): string => join(dirname(files.memory), name);
    const storage = disk("storage");
    const volumes = (vm.volumes ?? []).map((_, index) => disk(`volume${index}`));
    await how.storage(storage);
    volumes.forEach(emptyDisk);
    const shape = onStandIns(vm, {
      image: vm.root,
      storage,
      volume: (index) => disk(`volume${index}`),
    });
    const signal = AbortSignal.any([how.signal, AbortSignal.timeout(SAVE_MILLISECONDS)]);
    const { vmm, connection } = await this.#launchMonitored(shape, (monitor) => ({
      how: "template",
      files,
      monitor,
    }));
    const prepare = async (): Promise<void> => {
      if (how.rehearses) await rehearse(vmm.link, shape, signal);
    };
    await saveTemplate(files, vmm, connection, { signal, prepare });
    for (const path of [storage, ...volumes]) Deno.removeSync(path);
    debug("template made", { key: files.key, rehearsed: how.rehearses });
  }

  /** Starts QEMU with a monitor. @returns also this process's end of the monitor's connection, which the caller closes */
  async #launchMonitored(
    vm: VmDescription,
    from: (monitor: number) => Origin,
  ): Promise<{ readonly vmm: Vmm; readonly connection: Deno.UnixConn }> {
    // Disposed with QEMU started: with a copy of QEMU's end in this process the connection would never end.
    using monitor = await HandedConnection.open();
    const vmm = await this.#launch(vm, from(monitor.descriptor));
    return { vmm, connection: monitor.take() };
  }

  /** @throws {SmolvmError} kind `engine` */
  #program(): string {
    const found = this.#look();
    if (found.usable) return found.details;
    const { reason, remedy } = found;
    throw new SmolvmError("engine", { action: "start the VM with the qemu engine", reason, remedy });
  }

  async #launch(vm: VmDescription, from: Origin): Promise<Vmm> {
    const program = this.#program();
    const [kernel, confine] = await Promise.all([this.#parts.kernel(), this.#parts.confine()]);
    const env = { LC_ALL: "C.UTF-8" };
    using network = vm.network === "none" ? undefined : await HandedConnection.open();
    const frames = network && { network: network.descriptor };
    if (confine === undefined) {
      const args = unconfined(vm, kernel, { ...frames });
      return startVmm({ program, args, env }, { network, guarded: true });
    }
    using servers = vm.shares.length === 0
      ? null
      : fileServers(vm, await findVirtiofsd(this.#virtiofsdSources), confine);
    const inherited = [...servers?.sockets.values() ?? [], ...(network ? [network.descriptor] : [])];
    const { beginning, keep, opened, reach } = begin(from, inherited);
    const sockets = { ...frames, ...(servers && { shares: servers.sockets }) };
    const args = qemuArguments(vm, kernel, sockets, beginning, {
      ...thisTarget,
      processor: this.#host.arch,
    });
    const own = [...qemuReach(Deno.realPathSync(program)), { rights: "read", path: kernel } as const];
    const vmm = { program, args, reach: [...own, ...diskReach(vm), ...reach], keep, opened };
    const helpers = servers?.helpers;
    return startVmm({ ...confinedCommand(confine, Deno.pid, vmm), env }, { helpers, network });
  }

  get #virtiofsdSources(): VirtiofsdSources {
    const { virtiofsd: chosen, find } = this.#host;
    return { chosen, find, carried: async () => await this.#parts.virtiofsd?.() };
  }

  async #fileServer(): Promise<Finding> {
    try {
      return await fileServerFinding(this.#virtiofsdSources, await this.#parts.confine());
    } catch (error) {
      // A part that cannot be unpacked, which is a finding of its own.
      return { name: "file server", grade: "missing", details: (error as Error).message };
    }
  }

  /** @returns the path of QEMU's program as details */
  #look(): Availability {
    const board = boards[this.#host.arch];
    const path = this.#host.find(board.program);
    if (path !== undefined) return { usable: true, details: path };
    return {
      usable: false,
      reason: `${board.program} is not installed`,
      remedy: `install ${board.package} (apt-get install ${board.package}, or brew install qemu)`,
    };
  }
}
