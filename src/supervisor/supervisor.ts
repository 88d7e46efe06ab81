/**
 * The supervisor of a VM that stays: boots it, serves clients on its socket, runs its command, writes down
 * how it ended. One process per VM, in a session of its own, so that closing a terminal ends none.
 *
 * @module
 */
import { dirname } from "node:path";
import config from "../../deno.json" with { type: "json" };
import type { Engine } from "../engine/engine.ts";
import { placesOf, type VmDescription } from "../engine/vm_description.ts";
import { SmolvmError } from "../error.ts";
import { serveLink, type ServerStream } from "../wire/server_link.ts";
import type { OpenRequest } from "../guest_protocol/messages.ts";
import { removeIfThere } from "../files/remove_if_there.ts";
import type { LogPiece } from "../logs/log_file.ts";
import { RunningVm } from "../vm/running_vm.ts";
import type { MachineFolder } from "../machines/folder.ts";
import { relay } from "./relay.ts";
import type { MachineSpec } from "../machines/spec.ts";
import { type CommandEnd, restarts, SupervisedCommand } from "./command.ts";
import { type ContainerParts, SupervisedContainers } from "./containers.ts";
import { unixTransport } from "../wire/unix_transport.ts";

/** How long a guest may take to unmount and power off, in milliseconds. */
const POWER_OFF_MILLISECONDS = 5_000;

/** How long clients may take to hear the last words, in milliseconds. */
const FAREWELL_MILLISECONDS = 500;

/** How long until connections are taken again after one could not be, in milliseconds. */
const ACCEPT_PAUSE_MILLISECONDS = 100;

/** What sessions hear when they are cut off by a stop. */
const BEING_STOPPED = "the machine was stopped";

/** Lines of the console that explain an end. */
const CONSOLE_LINES = 200;

type FailedEvent = Extract<CommandEnd, { kind: "failed" }>;

/** How a machine's run ended. */
export interface MachineEnd {
  /** Exit code of its command; `null` when it has none or did not end by itself. */
  readonly exitCode: number | null;
  /** Why it failed; absent after an orderly end. */
  readonly failure?: string;
}

/** What a supervisor works with. */
export interface SupervisorParts {
  readonly spec: MachineSpec;
  readonly folder: MachineFolder;
  readonly engine: Engine;
  /** The VM that is booted, as often as it takes. */
  readonly vm: VmDescription;
  readonly log: (piece: LogPiece) => void;
  readonly containers: ContainerParts;
}

/** A supervisor. Make one, run it once. */
export class Supervisor {
  readonly #parts: SupervisorParts;
  readonly #stopping = new AbortController();
  readonly #command: SupervisedCommand | undefined;
  readonly #containers: SupervisedContainers;
  readonly #commandEnd = Promise.withResolvers<CommandEnd>();
  /** Settles when the patience of a later stop has ended before the first one's. */
  readonly #hurried = Promise.withResolvers<void>();
  readonly #gone = Promise.withResolvers<void>();
  readonly #connections = new Set<Promise<void>>();
  #machine: RunningVm | undefined;
  #startedAt = Date.now();
  #stopTimeout = 0;
  #over = false;

  constructor(parts: SupervisorParts) {
    this.#parts = parts;
    const { spec, log } = parts;
    const { command } = spec;
    const { image } = placesOf(parts.vm);
    if (command && image) {
      const main = { ...spec, image, command };
      this.#command = new SupervisedCommand(main, log, this.#stopping.signal);
    }
    this.#containers = new SupervisedContainers(parts.containers, () => this.#machine);
  }

  /**
   * Runs the machine to its end.
   *
   * @param ready called once clients are served and the command, if there is one, runs
   * @throws {SmolvmError} when the VM never came up, or its command never ran
   */
  async run(ready: () => void): Promise<MachineEnd> {
    this.#machine = await this.#boot();
    const listener = listen(this.#parts.folder.socket);
    void this.#accept(listener);
    try {
      const lived = this.#live();
      // An error before the command runs is the start's; what comes later is the machine's end.
      const first = await Promise.race([this.#command?.started, lived]);
      if (first && "kind" in first && first.kind === "failed") {
        await lived;
        throw neverRan(this.#parts.spec, first);
      }
      ready();
      return await lived;
    } finally {
      this.#over = true;
      this.#gone.resolve();
      // Clients that wait for the end hear of it, then nobody is served any more.
      const deadline = new Promise<void>((resolve) => setTimeout(resolve, FAREWELL_MILLISECONDS));
      listener.close();
      await Promise.race([Promise.all(this.#connections), deadline]);
      removeIfThere(this.#parts.folder.socket);
    }
  }

  /**
   * Ends the machine in order. Asked again, the patience that ends first holds.
   *
   * @param timeoutMilliseconds what its command is given before SIGKILL
   */
  stop(timeoutMilliseconds: number): void {
    if (this.#stopping.signal.aborted) {
      const hurry = (): void => {
        this.#command?.kill();
        this.#hurried.resolve();
      };
      Deno.unrefTimer(setTimeout(hurry, timeoutMilliseconds));
      return;
    }
    this.#stopTimeout = timeoutMilliseconds;
    this.#stopping.abort();
  }

  /** VMs of this machine, one after the other, until it is over. */
  async #live(): Promise<MachineEnd> {
    for (;;) {
      const machine = this.#machine ?? await this.#boot();
      this.#machine = machine;
      const begun = performance.now();
      const command = this.#runCommand(machine);
      const stopped = this.#stopped();
      const ended = await Promise.race([machine.ended(), stopped, command]);
      if (this.#stopping.signal.aborted) {
        await Promise.race([this.#askCommand(command), this.#hurried.promise]);
      }
      const end = this.#command ? await Promise.race([command, soon()]) : undefined;
      await this.#powerOff(machine);
      this.#machine = undefined;
      const lost = ended instanceof SmolvmError ? ended : undefined;
      if (lost && this.#command && restarts(this.#parts.spec.restart, undefined)) {
        await this.#command.pause(performance.now() - begun);
        if (!this.#stopping.signal.aborted) continue;
      }
      this.#commandEnd.resolve(end);
      return judge(end, lost && await machine.poweredOff() ? undefined : lost?.reason);
    }
  }

  async #boot(): Promise<RunningVm> {
    const { spec, engine, vm } = this.#parts;
    const machine = await RunningVm.boot(engine, vm, { hostname: spec.hostname });
    this.#startedAt = Date.now();
    return machine;
  }

  /** Never settles for a VM without a command: it runs until it is stopped. */
  #runCommand(machine: RunningVm): Promise<CommandEnd> {
    return this.#command?.run(machine) ?? new Promise(() => {});
  }

  #stopped(): Promise<undefined> {
    const { signal } = this.#stopping;
    return new Promise((resolve) => {
      if (signal.aborted) resolve(undefined);
      signal.addEventListener("abort", () => resolve(undefined), { once: true });
    });
  }

  /** The stop signal, then patience; SIGKILL is the power-off's. */
  async #askCommand(command: Promise<CommandEnd>): Promise<void> {
    const { command: spec } = this.#parts.spec;
    const own = spec && this.#stopTimeout > 0
      ? this.#command?.askToEnd(command, this.#stopTimeout)
      : undefined;
    await Promise.all([own, this.#containers.stopAll(this.#stopTimeout)]);
  }

  async #powerOff(machine: RunningVm): Promise<void> {
    try {
      await machine.powerOff(POWER_OFF_MILLISECONDS);
    } catch {
      // It had ended already.
    }
    const console = machine.consoleTail(CONSOLE_LINES);
    await machine[Symbol.asyncDispose]();
    try {
      Deno.writeTextFileSync(this.#parts.folder.console, console === "" ? "" : `${console}\n`, {
        mode: 0o600,
      });
    } catch {
      // A full disk, or a folder that was deleted meanwhile: the console is only for people.
    }
  }

  async #whyEnded(machine: RunningVm): Promise<string | undefined> {
    const why = await machine.whyEnded();
    if (this.#stopping.signal.aborted) return BEING_STOPPED;
    return why && `${why}; look at smolvm microvm logs --console ${this.#parts.spec.name}`;
  }

  /** A connection that cannot be taken (too many files open) must not end the machine. */
  async #accept(listener: Deno.UnixListener): Promise<void> {
    while (!this.#over) {
      try {
        this.#welcome(await listener.accept());
      } catch {
        await new Promise((resolve) => setTimeout(resolve, ACCEPT_PAUSE_MILLISECONDS));
      }
    }
  }

  #welcome(connection: Deno.UnixConn): void {
    const transport = unixTransport(connection);
    const served = serveLink(transport, {
      hello: () => ({ version: config.version, boot: [] }),
      open: (stream, request) => void this.#serve(stream, request),
    }).catch(() => {}).finally(() => {
      transport.close();
      this.#connections.delete(served);
    });
    this.#connections.add(served);
  }

  /** Serves one session of a client; never rejects. */
  async #serve(stream: ServerStream, request: OpenRequest): Promise<void> {
    try {
      await this.#answer(stream, request);
    } catch (error) {
      if (!(error instanceof SmolvmError)) return stream.reset(String(error));
      stream.reset(error.remedy === undefined ? error.reason : `${error.reason}; ${error.remedy}`);
    }
  }

  async #answer(stream: ServerStream, request: OpenRequest): Promise<void> {
    switch (request.kind) {
      case "describe": {
        const restarts = this.#command?.restarts ?? 0;
        const stopping = this.#stopping.signal.aborted;
        const [vmm, startedAt] = [this.#machine?.pid ?? 0, this.#startedAt];
        stream.send({ kind: "machine", vmm, startedAt, restarts, stopping });
        return stream.close();
      }
      case "stop":
        this.stop(request.timeoutMilliseconds);
        await this.#gone.promise;
        stream.send({ kind: "stopped" });
        return stream.close();
      case "wait": {
        const end = await this.#commandEnd.promise;
        if (end) stream.send(end);
        return stream.close();
      }
      case "start-container": {
        const end = await this.#containers.start(request.container);
        stream.send(end ?? { kind: "done" });
        return stream.close();
      }
      case "stop-container":
        await this.#containers.stop(request.container, request.timeoutMilliseconds);
        stream.send({ kind: "done" });
        return stream.close();
      default:
        if (this.#stopping.signal.aborted && request.kind !== "status") return stream.reset(BEING_STOPPED);
        if (!this.#machine) return stream.reset("the VM is starting again");
        return await relay(stream, this.#machine.open(request), this.#whyEnded(this.#machine));
    }
  }
}

/** The start's failure, with the code of a program that could not be run. */
function neverRan({ name }: MachineSpec, { subject, reason, exitCode }: FailedEvent): SmolvmError {
  const why = subject === "" ? reason : `${subject}: ${reason}`;
  return new SmolvmError("process", { action: "start the machine", subject: name, reason: why, exitCode });
}

function judge(end: CommandEnd, failure: string | undefined): MachineEnd {
  if (end?.kind === "failed") return { exitCode: end.exitCode, failure: `${end.subject}: ${end.reason}` };
  const exitCode = end ? end.signal === null ? end.code : 128 + end.signal : null;
  if (end?.outOfMemory) return { exitCode, failure: "its command ran out of memory" };
  return { exitCode, ...(failure !== undefined && { failure }) };
}

/** A command whose VM is gone may still tell its end. */
function soon(): Promise<undefined> {
  return new Promise((resolve) => setTimeout(() => resolve(undefined), 200));
}

/** Listens on a socket that only its owner can reach. */
function listen(path: string): Deno.UnixListener {
  const folder = dirname(path);
  Deno.mkdirSync(folder, { recursive: true, mode: 0o700 });
  Deno.chmodSync(folder, 0o700);
  removeIfThere(path);
  const listener = Deno.listen({ transport: "unix", path });
  Deno.chmodSync(path, 0o600);
  return listener;
}
