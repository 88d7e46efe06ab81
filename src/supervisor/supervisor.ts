/**
 * The supervisor of a machine: one VM after the other as its restart policy says, its services, its socket,
 * and how it ended. One process for each machine, in a session of its own, so that closing a terminal ends
 * none.
 *
 * @module
 */
import { type Clock, systemClock } from "../async/clock.ts";
import type { Places } from "../engine/vm_description.ts";
import { SmolvmError } from "../error.ts";
import type { ShareRequest, VolumeRequest } from "../guest_protocol/mounts.ts";
import { publishSocket, withdrawSocket } from "../machines/by_name.ts";
import type { MachineFolder } from "../machines/folder.ts";
import type { MachineSpec } from "../machines/spec.ts";
import type { NetworkService, NetworkTotals } from "../net/service.ts";
import type { ServedPort } from "../ports/published_port.ts";
import type { PortsService } from "../ports/service.ts";
import { CONNECTION_LOST } from "../session/outcome.ts";
import { type LifeEnd, liveVm } from "../vm/lifecycle.ts";
import type { RunningVm } from "../vm/running_vm.ts";
import type { Service } from "../vm/service.ts";
import type { VmSource } from "../vm/source.ts";
import { SharesService } from "../vm/shares_service.ts";
import { StopRequest } from "../vm/stop_request.ts";
import type { Attended } from "./attachment.ts";
import { type CommandEnd, restarts, SupervisedCommand } from "./command.ts";
import { ConsoleFile } from "./console_file.ts";
import { type ContainerParts, ContainersService } from "./containers.ts";
import { MachineCommandService } from "./machine_command.ts";
import type { Output } from "./output.ts";
import { type ServedMachine, serveSession } from "./sessions.ts";
import { SocketServer } from "./socket_server.ts";
import { type StoredEnd, storedEnd } from "./stored_end.ts";

/** How long a guest may take to unmount its disks and power off, in milliseconds. */
const POWER_OFF_MILLISECONDS = 5_000;

/** How long clients may take to read the last events of their sessions, in milliseconds. */
const FAREWELL_MILLISECONDS = 500;

/** What a supervisor works with. */
export interface SupervisorParts {
  readonly spec: MachineSpec;
  readonly folder: Pick<MachineFolder, "socket" | "console" | "byName">;
  readonly source: VmSource;
  /** Where the guest has the image of the machine's command, if the machine has one. */
  readonly places: Pick<Places, "image">;
  /** Takes the output of the machine's command. */
  readonly output: Output;
  /** Reads the command's log. */
  readonly readLog: Attended["readLog"];
  readonly containers: ContainerParts;
  /** Ports that are published; the caller opened them, and closes them. */
  readonly ports?: PortsService;
  /** Shares in the machine's root and in the container of its command. */
  readonly shares?: readonly ShareRequest[];
  /** Volumes, in the same. */
  readonly disks?: readonly VolumeRequest[];
  /** The VM's network, which its containers share; absent: there is none. */
  readonly network?: NetworkService;
  readonly clock?: Clock;
}

/** A supervisor. Make one, run it once. */
export class Supervisor implements ServedMachine {
  readonly containers: ContainersService;
  readonly #parts: SupervisorParts;
  readonly #clock: Clock;
  readonly #stop: StopRequest;
  readonly #services: readonly Service[];
  readonly #command: SupervisedCommand | undefined;
  readonly #main: MachineCommandService | undefined;
  readonly #commandEnd = Promise.withResolvers<CommandEnd>();
  readonly #gone = Promise.withResolvers<void>();
  #server: SocketServer | undefined;
  #vm: RunningVm | undefined;
  #startedAt = Date.now();
  /** When the VM was up, by the clock. */
  #begun = 0;
  #end: CommandEnd;
  #ready = false;

  constructor(parts: SupervisorParts) {
    this.#parts = parts;
    const { spec, folder, output, clock = systemClock } = parts;
    this.#clock = clock;
    this.#stop = new StopRequest(clock);
    const own = parts.network;
    const network = own &&
      { network: { files: own.plan.files, environment: (env: readonly string[]) => own.environment(env) } };
    this.containers = new ContainersService({ ...parts.containers, ...network });
    const { command } = spec;
    const { image } = parts.places;
    if (command && image) {
      const { shares, disks } = parts;
      const more = { ...(shares && { shares }), ...(disks && { disks }), ...network };
      const main = { ...spec, image, command, ...more };
      this.#command = new SupervisedCommand(main, { output, stopping: this.#stop.signal, clock });
      this.#main = new MachineCommandService(spec, this.#command);
    }
    const { ports, shares = [], disks = [] } = parts;
    const mounts = { shares: [...shares], ...(disks.length > 0 && { disks: [...disks] }) };
    const beside = [
      ...(parts.network ? [parts.network] : []),
      new ConsoleFile(folder.console),
      ...(shares.length + disks.length > 0 ? [new SharesService(mounts)] : []),
      this.containers,
      ...(ports ? [ports] : []),
    ];
    this.#services = this.#main ? [...beside, this.#main] : beside;
  }

  get name(): string {
    return this.#parts.spec.name;
  }

  get vm(): RunningVm | undefined {
    return this.#vm;
  }

  get startedAt(): number {
    return this.#startedAt;
  }

  /** How often the command was started again. */
  get restarts(): number {
    return this.#command?.restarts ?? 0;
  }

  get stopping(): boolean {
    return this.#stop.signal.aborted;
  }

  get ports(): readonly ServedPort[] {
    return this.#parts.ports?.served ?? [];
  }

  get network(): NetworkTotals | undefined {
    return this.#parts.network?.totals;
  }

  get commandEnd(): Promise<CommandEnd> {
    return this.#commandEnd.promise;
  }

  get attended(): Attended | undefined {
    const { output, readLog } = this.#parts;
    return this.#command && { output, readLog, command: this.#command };
  }

  get gone(): Promise<void> {
    return this.#gone.promise;
  }

  /**
   * Runs the machine to its end.
   *
   * @param ready called once clients are served and the command, if there is one, runs
   * @throws {SmolvmError} when the VM never came up, or its command never ran
   */
  async run(ready: () => void): Promise<StoredEnd> {
    const once = (): void => {
      if (!this.#ready) ready();
      this.#ready = true;
    };
    try {
      const end = await this.#live(once);
      // A stop may have come before the command ran, and is no failure of the start.
      once();
      return end;
    } finally {
      this.#vm = undefined;
      this.#commandEnd.resolve(this.#main?.end);
      this.#gone.resolve();
      const { socket, byName } = this.#parts.folder;
      withdrawSocket(byName, { name: this.name, socket });
      await this.#server?.close(FAREWELL_MILLISECONDS);
    }
  }

  /**
   * Ends the machine in order. Asked again, the time that ends first counts.
   *
   * @param patience milliseconds that its command is given before SIGKILL
   */
  stop(patience: number): void {
    this.#stop.ask(patience);
  }

  environment(env: readonly string[]): string[] {
    return this.#parts.network?.environment(env) ?? [...env];
  }

  changeNetwork(network: Parameters<NetworkService["change"]>[0]): boolean {
    this.#parts.network?.change(network);
    return this.#parts.network !== undefined;
  }

  /** One VM after the other, until the machine is over. */
  async #live(ready: () => void): Promise<StoredEnd> {
    for (;;) {
      const life = await liveVm({
        source: this.#parts.source,
        services: this.#services,
        stop: this.#stop,
        powerOffMilliseconds: POWER_OFF_MILLISECONDS,
        booted: (vm) => this.#booted(vm),
        ready,
        // What the power-off ends is not the command's own end.
        ending: () => this.#end = this.#main?.end,
        clock: this.#clock,
      });
      this.#vm = undefined;
      if (life.cause === "vm" && await this.#restarts()) continue;
      if (life.cause === "vm" && !this.#ready) throw endedEarly(this.name, life.error);
      this.#commandEnd.resolve(this.#end);
      return storedEnd(this.#end, failureOf(life));
    }
  }

  /** Clients are served from the first VM on, and between VMs too. */
  #booted(vm: RunningVm): void {
    this.#vm = vm;
    this.#startedAt = Date.now();
    this.#begun = this.#clock.now();
    if (this.#server) return;
    const { socket, byName } = this.#parts.folder;
    this.#server = new SocketServer(socket, (stream, request) => void serveSession(stream, request, this));
    publishSocket(byName, { name: this.name, socket });
  }

  /** Whether a VM that went away is followed by another; waits before it is. */
  async #restarts(): Promise<boolean> {
    if (!this.#command || !restarts(this.#parts.spec.restart, undefined)) return false;
    await this.#command.pause(this.#clock.now() - this.#begun, this.#stop.signal);
    return !this.stopping;
  }
}

/** Why a machine failed that was not stopped, and whose command has not failed by itself. */
function failureOf(life: LifeEnd): string | undefined {
  if (life.cause === "vm" && !life.poweredOff) return life.error.reason;
  if (life.cause === "service" && life.how === "cut off") return CONNECTION_LOST;
  return undefined;
}

function endedEarly(name: string, cause: SmolvmError): SmolvmError {
  const { reason } = cause;
  return new SmolvmError("guest", { action: "start the machine", subject: name, reason, cause });
}
