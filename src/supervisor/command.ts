/**
 * A container that is kept at its end: a machine's own command, or one of the containers in it. Its output goes to
 * readers such as its log, and it is started again as its restart policy says.
 *
 * @module
 */
import { type Clock, systemClock } from "../async/clock.ts";
import { withinDeadline } from "../async/deadline.ts";
import type { ClientStream } from "../wire/client_link.ts";
import { Channel } from "../wire/stream.ts";
import type { GuestMessages, SessionEvent, TerminalSize } from "../guest_protocol/messages.ts";
import type { ShareRequest, VolumeRequest } from "../guest_protocol/mounts.ts";
import type { NetworkFiles } from "../guest_protocol/network.ts";
import type { RunningVm } from "../vm/running_vm.ts";
import { joinSession } from "../session/session_streams.ts";
import type { MachineCommand, RestartPolicy } from "../machines/spec.ts";
import type { Output } from "./output.ts";

/** The first pause before a restart, in milliseconds; each further one is twice as long. */
const FIRST_PAUSE = 1_000;

/** The longest pause. */
const LONGEST_PAUSE = 60_000;

/** After a run of at least this many milliseconds the next pause is the first one again. */
const STEADY = 10_000;

/** Sent to a container's process 1 from outside, it ends the whole container. */
export const SIGKILL = 9;

/** The last event of a command's session: the command ended, or never ran. */
export type CommandEvent = Extract<SessionEvent, { kind: "exited" | "failed" }>;

/** How a command ended; `undefined` when its session was cut off before it told. */
export type CommandEnd = CommandEvent | undefined;

/** Why a command never ran. */
export type FailedEvent = Extract<SessionEvent, { kind: "failed" }>;

/** What is run, and where from. */
export interface SupervisedSpec {
  /** 12 hex digits: the container's. */
  readonly id: string;
  readonly hostname: string;
  /** Where the guest has the image: a block device, or the digest of a stored one. */
  readonly image: string;
  readonly restart: RestartPolicy;
  readonly command: MachineCommand;
  /** Folders and files of the host in it; absent: none. */
  readonly shares?: readonly ShareRequest[];
  /** Volumes in it that are disks; absent: none. */
  readonly disks?: readonly VolumeRequest[];
  /** What it knows of the VM's network, where it shares that; absent: the VM has none. */
  readonly network?: ContainerNetwork;
}

/** What a container knows of the VM's network. */
export interface ContainerNetwork {
  /** What it has in /etc. */
  files(hostname: string): NetworkFiles;
  /** Its variables, K=V, with those of the network. */
  environment(env: readonly string[]): string[];
}

/** What a command is run with. */
export interface CommandContext {
  readonly output: Output;
  /** Fires when the VM is to end: then nothing is started again. */
  readonly stopping: AbortSignal;
  readonly clock?: Clock;
}

/** Whether a policy wants the command again. */
export function restarts(policy: RestartPolicy, end: CommandEnd): boolean {
  if (policy === "always") return true;
  if (policy === "no") return false;
  return end?.kind !== "exited" || end.code !== 0;
}

/** The pause before restart number `count` (from 0), in milliseconds. */
export function pauseBefore(count: number): number {
  return Math.min(FIRST_PAUSE * 2 ** count, LONGEST_PAUSE);
}

/** The command. One object for all VMs of the machine's run. */
export class SupervisedCommand {
  readonly #spec: SupervisedSpec;
  readonly #output: Output;
  readonly #stopping: AbortSignal;
  readonly #clock: Clock;
  readonly #started = Promise.withResolvers<FailedEvent | undefined>();
  #stream: ClientStream<GuestMessages> | undefined;
  #size: TerminalSize = { rows: 24, columns: 80 };
  #ran = false;
  #quick = 0;
  #restarts = 0;

  constructor(spec: SupervisedSpec, { output, stopping, clock = systemClock }: CommandContext) {
    this.#spec = spec;
    this.#output = output;
    this.#stopping = stopping;
    this.#clock = clock;
  }

  /** How often it was started again. */
  get restarts(): number {
    return this.#restarts;
  }

  /** Settles when it first runs (`undefined`), or with why it cannot. */
  get started(): Promise<FailedEvent | undefined> {
    return this.#started.promise;
  }

  /**
   * Sends the command its stop signal and waits.
   *
   * @param ended settles when the command has ended
   * @param patience longest wait, in milliseconds
   */
  async askToEnd(ended: Promise<unknown>, patience: number): Promise<void> {
    this.signal(this.#spec.command.stopSignal);
    await withinDeadline(ended, patience);
  }

  /** Kills all of it. */
  kill(): void {
    this.signal(SIGKILL);
  }

  /** Hands bytes to its stdin; they are dropped where it takes none, or does not run. */
  async type(bytes: Uint8Array): Promise<void> {
    if (this.#spec.command.interactive) await this.#stream?.write(Channel.stdin, bytes);
  }

  /** Its terminal has another size, from now on and when it is started again. */
  resize({ rows, columns }: TerminalSize): void {
    this.#size = { rows, columns };
    if (this.#spec.command.tty) this.#stream?.send({ kind: "resize", rows, columns });
  }

  /** Sends a signal to it, if it runs. */
  signal(number: number): void {
    this.#stream?.send({ kind: "signal", signal: number });
  }

  /**
   * Runs it in a VM until it has ended for good.
   *
   * @param over fires when the VM is no more
   * @returns its last end
   */
  async run(vm: RunningVm, over?: AbortSignal): Promise<CommandEnd> {
    const last = over ? AbortSignal.any([this.#stopping, over]) : this.#stopping;
    for (;;) {
      const begun = this.#clock.now();
      const end = await this.#runOnce(vm);
      if (end === undefined) return undefined;
      if (end.kind === "failed" && !this.#ran) {
        // What could not be started once cannot be started a second later either.
        this.#started.resolve(end);
        return end;
      }
      this.#runs();
      if (last.aborted || !restarts(this.#spec.restart, end)) return end;
      await this.pause(this.#clock.now() - begun, last);
      if (last.aborted || vm.over) return end;
    }
  }

  /**
   * Waits before a restart and counts it.
   *
   * @param ran how long it ran, in milliseconds
   * @param signal ends the wait
   */
  async pause(ran: number, signal: AbortSignal): Promise<void> {
    if (ran >= STEADY) this.#quick = 0;
    await this.#clock.delay(pauseBefore(this.#quick), { signal });
    this.#quick++;
    this.#restarts++;
  }

  #runs(): void {
    this.#ran = true;
    this.#started.resolve(undefined);
  }

  async #runOnce(vm: RunningVm): Promise<CommandEnd> {
    const { argv, env, cwd, user, volumes, interactive, tty, options = {} } = this.#spec.command;
    const { init = false, pids = 0, network: own, ...container } = options;
    const { shares, disks, hostname } = this.#spec;
    const network = own === "none" ? undefined : this.#spec.network;
    const stream = vm.open({
      kind: "container",
      id: this.#spec.id,
      image: this.#spec.image,
      hostname,
      argv,
      env: network?.environment(env) ?? env,
      cwd,
      user,
      volumes,
      stdin: interactive,
      ...(tty && { terminal: { ...this.#size, type: "xterm" } }),
      timeoutMilliseconds: 0,
      keep: true,
      ...container,
      init,
      memoryBytes: 0,
      pids,
      ...(network && { network: network.files(hostname) }),
      ...(shares && { shares: [...shares] }),
      ...(disks && { disks: [...disks] }),
    });
    this.#stream = stream;
    const sink = (name: "stdout" | "stderr") => (bytes: Uint8Array): Promise<void> => {
      this.#output.write(name, bytes);
      return Promise.resolve();
    };
    const streams = { stdout: sink("stdout"), stderr: sink("stderr") };
    const end = await joinSession(stream, streams, () => this.#runs());
    this.#stream = undefined;
    return end?.kind === "exited" || end?.kind === "failed" ? end : undefined;
  }
}
