/**
 * A container that stays: the own command of a VM, or one of the containers in it. Its output goes to a log,
 * and it is started again as its restart policy says.
 *
 * @module
 */
import type { ClientStream } from "../wire/client_link.ts";
import type { SessionEvent } from "../guest_protocol/messages.ts";
import type { LogPiece } from "../logs/log_file.ts";
import type { RunningVm } from "../vm/running_vm.ts";
import { joinSession } from "../session/session_streams.ts";
import type { MachineCommand, RestartPolicy } from "../machines/spec.ts";

/** The first pause before a restart, in milliseconds; each further one is twice as long. */
const FIRST_PAUSE = 1_000;

/** The longest pause. */
const LONGEST_PAUSE = 60_000;

/** A command that ran so long begins again with the first pause. */
const STEADY = 10_000;

/** Sent to a container's process 1 from outside, it ends the whole container. */
const SIGKILL = 9;

/** How a command ended: the last event of its session, or `undefined` when the VM went away under it. */
export type CommandEnd = Extract<SessionEvent, { kind: "exited" | "failed" }> | undefined;

/** What is run, and where from. */
export interface SupervisedSpec {
  /** 12 hex digits: the container's. */
  readonly id: string;
  readonly hostname: string;
  /** Where the guest has the image: a block device, or the digest of a stored one. */
  readonly image: string;
  readonly restart: RestartPolicy;
  readonly command: MachineCommand;
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

/** The command. One object for the machine's whole run. */
export class SupervisedCommand {
  readonly #spec: SupervisedSpec;
  readonly #log: (piece: LogPiece) => void;
  readonly #started = Promise.withResolvers<CommandEnd>();
  #stream: ClientStream | undefined;
  readonly #stopping: AbortSignal;
  #quick = 0;
  #restarts = 0;

  /**
   * @param log takes its output
   * @param stopping fires when the VM is to end: then nothing is started again
   */
  constructor(
    spec: SupervisedSpec,
    log: (piece: LogPiece) => void,
    stopping: AbortSignal,
  ) {
    this.#spec = spec;
    this.#log = log;
    this.#stopping = stopping;
  }

  /** How often it was started again. */
  get restarts(): number {
    return this.#restarts;
  }

  /** Settles when it first runs (`undefined`), or with why it could not. */
  get started(): Promise<CommandEnd> {
    return this.#started.promise;
  }

  /**
   * Asks it to end by its stop signal; kills it when it does not.
   *
   * @param ended settles when it has ended
   * @param patience milliseconds before SIGKILL
   */
  async askToEnd(ended: Promise<unknown>, patience: number): Promise<void> {
    this.signal(this.#spec.command.stopSignal);
    let timer: number | undefined;
    const late = new Promise<void>((resolve) => timer = setTimeout(resolve, patience));
    await Promise.race([ended, late]);
    clearTimeout(timer);
  }

  /** Kills all of it. */
  kill(): void {
    this.signal(SIGKILL);
  }

  /** Sends a signal to it, if it runs. */
  signal(number: number): void {
    this.#stream?.send({ kind: "signal", signal: number });
  }

  /**
   * Runs it in a VM until it has ended for good.
   *
   * @returns its last end; `undefined` when the VM went away under it
   */
  async run(vm: RunningVm): Promise<CommandEnd> {
    for (;;) {
      const begun = performance.now();
      const end = await this.#runOnce(vm);
      this.#started.resolve(end);
      // One that never ran will not the next time either.
      if (end?.kind === "failed" && this.#restarts === 0) return end;
      if (this.#stopping.aborted || end === undefined || !restarts(this.#spec.restart, end)) return end;
      await this.pause(performance.now() - begun);
      if (this.#stopping.aborted) return end;
    }
  }

  /**
   * Waits before a restart and counts it.
   *
   * @param ran how long it ran, in milliseconds
   */
  async pause(ran: number): Promise<void> {
    this.#quick = ran >= STEADY ? 0 : this.#quick;
    await sleep(pauseBefore(this.#quick), this.#stopping);
    this.#quick++;
    this.#restarts++;
  }

  async #runOnce(vm: RunningVm): Promise<CommandEnd> {
    const { argv, env, cwd, user, volumes } = this.#spec.command;
    const stream = vm.open({
      kind: "container",
      id: this.#spec.id,
      image: this.#spec.image,
      hostname: this.#spec.hostname,
      argv,
      env,
      cwd,
      user,
      volumes,
      stdin: false,
      timeoutMilliseconds: 0,
      keep: true,
      init: false,
      memoryBytes: 0,
      pids: 0,
    });
    this.#stream = stream;
    const sink = (name: LogPiece["stream"]) => (bytes: Uint8Array): Promise<void> => {
      this.#log({ time: Date.now(), stream: name, bytes: Uint8Array.from(bytes) });
      return Promise.resolve();
    };
    const streams = { stdout: sink("stdout"), stderr: sink("stderr") };
    const end = await joinSession(stream, streams, () => this.#started.resolve(undefined));
    this.#stream = undefined;
    return end?.kind === "exited" || end?.kind === "failed" ? end : undefined;
  }
}

function sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds);
    const wake = (): void => {
      clearTimeout(timer);
      resolve();
    };
    if (signal.aborted) wake();
    signal.addEventListener("abort", wake, { once: true });
  });
}
