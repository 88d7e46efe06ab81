/**
 * A running VM with its agent: boots it, opens sessions in it, ends it. One-off runs, machines and tests use it.
 *
 * @module
 */
import { LATE, withinDeadline } from "../async/deadline.ts";
import type { Engine, Resumed, Vmm, VmmEnd } from "../engine/engine.ts";
import type { VmDescription } from "../engine/vm_description.ts";
import { SmolvmError } from "../error.ts";
import { standsStill } from "../host/process.ts";
import { debug, stepsWanted } from "../log.ts";
import { ClientLink, type ClientStream } from "../wire/client_link.ts";
import { refuseWithoutMemory } from "./memory_wanted.ts";
import type { GuestNetwork } from "../guest_protocol/network.ts";
import {
  type GuestMessages,
  guestProtocol,
  type HelloAck,
  type OpenRequest,
} from "../guest_protocol/messages.ts";

/** How long a VM may take to answer, in milliseconds; emulation on a busy host needs some seconds. */
const BOOT_MILLISECONDS = 60_000;

/** How long a VMM may take to end once its link is over, in milliseconds; then it is killed, for nobody reaches it. */
const LINGER_MILLISECONDS = 5_000;

/** How long a VM that goes on from a template may take to answer, in milliseconds; then one is booted. */
const RESUME_MILLISECONDS = 30_000;

/** Console lines shown when a VM does not come up or panics. */
const CONSOLE_LINES = 12;

/** What a panic looks like on the console. */
const PANIC = /Kernel panic|int3: |BUG: |Oops: /;

/** The line in which the kernel says why it panicked (kernel/panic.c). */
const PANIC_REASON = /Kernel panic - not syncing: ([^\n]{1,120})/;

/** How a VM is booted. */
export interface BootOptions {
  readonly hostname: string;
  /** How the guest sets up the network card that the description gives it. */
  readonly network?: GuestNetwork | undefined;
  readonly signal?: AbortSignal;
  readonly deadlineMilliseconds?: number;
  /** How often a guest with open sessions is asked for a sign of life; see {@linkcode ClientLink.connect}. */
  readonly turnMilliseconds?: number;
  /** How long the VMM may take to end once its link is over; 5 s unless said otherwise. */
  readonly lingerMilliseconds?: number;
  /** Whether it may go on from a saved VM in place of booting, where the engine can do that; true unless said otherwise. */
  readonly resume?: boolean;
}

/** A VM whose agent has answered. Disposing kills it; nothing of it is left. */
export class RunningVm implements AsyncDisposable {
  readonly #vm: Vmm;
  readonly #link: ClientLink<GuestMessages>;
  #closing = false;
  #over = false;

  private constructor(
    vm: Vmm,
    link: ClientLink<GuestMessages>,
    lingerMilliseconds = LINGER_MILLISECONDS,
  ) {
    this.#vm = vm;
    this.#link = link;
    void this.#endWithLink(lingerMilliseconds);
  }

  /**
   * Boots a VM. One that panics before its agent answers is booted once more: emulated processors fail so
   * rarely that the second try succeeds.
   *
   * @throws {SmolvmError} kind `engine` or `guest` with the console's last lines, kind `engine` when there is no memory
   * for it, kind `canceled` when the signal fires; nothing is left running
   */
  static async boot(engine: Engine, description: VmDescription, options: BootOptions): Promise<RunningVm> {
    refuseWithoutMemory(description.memoryMiB);
    const resumed = await RunningVm.#tryResume(engine, description, options);
    if (resumed?.running) return resumed.running;
    try {
      const booted = await RunningVm.#tryBoot(engine, description, options);
      resumed?.spoiled();
      return booted;
    } catch (error) {
      if (!(error instanceof SmolvmError) || error.kind !== "guest" || !PANIC.test(error.reason)) throw error;
      debug("guest panicked, booting again", { reason: error.reason });
      return await RunningVm.#tryBoot(engine, description, options);
    }
  }

  /**
   * Goes on from a template of the engine's. Whatever fails, a boot is tried, and says what is wrong.
   *
   * @returns `spoiled` without `running`: the template is to blame if a boot succeeds
   */
  static async #tryResume(
    engine: Engine,
    description: VmDescription,
    options: BootOptions,
  ): Promise<{ readonly running?: RunningVm; spoiled(): void } | undefined> {
    const { signal = new AbortController().signal, resume = true } = options;
    if (!engine.resume || !resume) return undefined;
    let resumed: Resumed | undefined;
    try {
      resumed = await engine.resume(description, signal);
      if (!resumed) return undefined;
      const { vmm, spoiled } = resumed;
      debug("vmm started, to go on from a template", { engine: engine.name, pid: vmm.pid });
      const running = await RunningVm.#greet(vmm, { deadlineMilliseconds: RESUME_MILLISECONDS, ...options });
      return { running, spoiled };
    } catch (error) {
      if (signal.aborted) {
        throw new SmolvmError("canceled", { action: "start the VM", reason: "interrupted", cause: error });
      }
      debug("VM cannot go on from a template", { reason: (error as Error).message });
      return resumed;
    }
  }

  static async #tryBoot(
    engine: Engine,
    description: VmDescription,
    options: BootOptions,
  ): Promise<RunningVm> {
    const vm = await engine.start(description);
    debug("vmm started", { engine: engine.name, pid: vm.pid });
    return await RunningVm.#greet(vm, options);
  }

  /** Says hello to the agent of a VM that was started. @throws {SmolvmError} when there is no answer; the VM is gone then */
  static async #greet(vm: Vmm, options: BootOptions): Promise<RunningVm> {
    try {
      const link = await ClientLink.connect(vm.link, guestProtocol, {
        hello: {
          entropy: crypto.getRandomValues(new Uint8Array(64)).toHex(),
          clock: Date.now(),
          hostname: options.hostname,
          ...(options.network && { network: options.network }),
          ...(stepsWanted() && { steps: true }),
        },
        deadlineMilliseconds: options.deadlineMilliseconds ?? BOOT_MILLISECONDS,
        standsStill: () => standsStill(vm.pid),
        ...(options.signal && { signal: options.signal }),
        ...(options.turnMilliseconds !== undefined && { turnMilliseconds: options.turnMilliseconds }),
      });
      for (const { step, at } of link.ack.boot) debug(`guest: ${step}`, { kernelMilliseconds: at });
      debug("agent ready");
      return new RunningVm(vm, link, options.lingerMilliseconds);
    } catch (error) {
      vm.kill();
      const end = await vm.ended;
      await vm[Symbol.asyncDispose]();
      if (error instanceof SmolvmError && error.kind === "canceled") throw error;
      throw vmFailure("start the VM", error, end, vm.consoleTail(CONSOLE_LINES));
    }
  }

  /** A guest that was halted, hangs, or broke the protocol does not end by itself. */
  async #endWithLink(lingerMilliseconds: number): Promise<void> {
    const error = await this.#link.closed;
    this.#over = true;
    if (error) await this.#endWithin(lingerMilliseconds);
  }

  /** Waits for the end of the VMM; kills it when that takes longer. */
  async #endWithin(milliseconds: number): Promise<void> {
    if (await withinDeadline(this.#vm.ended, milliseconds) !== LATE) return;
    this.#vm.kill();
    await this.#vm.ended;
  }

  /** Whether the link is over: the VM is gone, or is about to be. Known before a session's last event is taken. */
  get over(): boolean {
    return this.#over;
  }

  /** What the agent said of itself. */
  get ack(): HelloAck {
    return this.#link.ack;
  }

  /** The frames of its network card, where it has one: {@linkcode Vmm.network}. Closed with the VM. */
  get network(): Deno.UnixConn | undefined {
    return this.#vm.network;
  }

  /** Process id of the VMM. */
  get pid(): number {
    return this.#vm.pid;
  }

  /**
   * Opens a session. One that runs a program also brings the host's clock.
   *
   * @throws {SmolvmError} kind `guest` when the VM is gone
   */
  open(request: OpenRequest): ClientStream<GuestMessages> {
    return this.#link.open("argv" in request ? { ...request, clock: Date.now() } : request);
  }

  /** Settles when the VM is gone: with why, or `undefined` when it was ended from here. */
  async ended(): Promise<SmolvmError | undefined> {
    const error = await this.#link.closed;
    if (this.#closing || !error) return undefined;
    const end = await this.#vm.ended;
    return vmFailure("keep the VM running", error, end, this.#vm.consoleTail(CONSOLE_LINES));
  }

  /**
   * Why the VM is gone, in one clause: what {@linkcode RunningVm.ended} tells, without the console's lines.
   *
   * @returns once it is gone; `undefined` when it was ended from here
   */
  async whyEnded(): Promise<string | undefined> {
    const error = await this.#link.closed;
    if (this.#closing || !error) return undefined;
    return whyGone(error.reason, await this.#vm.ended, this.#vm.consoleTail(CONSOLE_LINES));
  }

  /** The console's last lines. */
  consoleTail(lines: number): string {
    return this.#vm.consoleTail(lines);
  }

  /** Whether the guest ended by itself, and not by a panic: somebody in it wanted that. */
  async poweredOff(): Promise<boolean> {
    const { code } = await this.#vm.ended;
    return code === 0 && !PANIC.test(this.#vm.consoleTail(CONSOLE_LINES));
  }

  /** Asks the guest to unmount its disks and power off, and waits; kills the VMM when that takes longer. */
  async powerOff(deadlineMilliseconds: number): Promise<void> {
    this.#closing = true;
    if (!this.#over) this.#link.open({ kind: "poweroff" });
    await this.#endWithin(deadlineMilliseconds);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing = true;
    this.#link.close();
    await this.#vm[Symbol.asyncDispose]();
  }
}

function vmFailure(action: string, error: unknown, end: VmmEnd, console: string): SmolvmError {
  const why = whyGone(error instanceof SmolvmError ? error.reason : String(error), end, console);
  const reason = console === "" ? why : `${why}; last lines of its console:\n${console}`;
  return new SmolvmError("guest", { action, reason, cause: error });
}

/** The link only knows that it ended; what ended the VMM, or the console, may know why. */
function whyGone(reason: string, end: VmmEnd, console: string): string {
  const [, panic] = PANIC_REASON.exec(console) ?? [];
  if (panic !== undefined) return `the guest's kernel panicked (${panic.trim()})`;
  return end.reason ?? reason;
}
