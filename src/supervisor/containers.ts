/**
 * The containers in a machine: starts and stops those of the records, and writes down their ends.
 *
 * @module
 */
import { join } from "node:path";
import { withinDeadline } from "../async/deadline.ts";
import { type ErrorKind, SmolvmError } from "../error.ts";
import { hexOf } from "../image/model/digest.ts";
import { parseImageName } from "../image/model/image_name.ts";
import type { ImageStore } from "../image/store/store.ts";
import { debug } from "../log.ts";
import type { ContainerRecord, ContainerRecords } from "../machines/container_records.ts";
import type { ContainerSpec } from "../machines/container_spec.ts";
import { CONNECTION_LOST } from "../session/outcome.ts";
import { LogWriter } from "../logs/log_file.ts";
import { readLog } from "../logs/log_reader.ts";
import type { RunningVm } from "../vm/running_vm.ts";
import { VM_ENDED } from "../machines/run_end.ts";
import { bringImage } from "../vm/guest_image.ts";
import type { Service } from "../vm/service.ts";
import type { Attended } from "./attachment.ts";
import {
  type CommandEnd,
  type ContainerNetwork,
  type FailedEvent,
  SIGKILL,
  SupervisedCommand,
} from "./command.ts";
import { containerMounts, type MachineMounts } from "./container_mounts.ts";
import { Output, type OutputSubscription } from "./output.ts";
import { storedEnd } from "./stored_end.ts";

/** How long a killed container may take to be gone, in milliseconds. */
const KILL_MILLISECONDS = 5_000;

const NO_MOUNTS: MachineMounts = { shares: [], requests: [], volumes: [], places: [] };

/** What they are started with. */
export interface ContainerParts {
  /** Opens the table for as long as it is needed. */
  table<T>(body: (records: Pick<ContainerRecords, "get" | "setRun">) => T): Promise<T>;
  /** Folder of their logs, `ID/log`. */
  readonly logs: string;
  /** What they know of the VM's network; absent: there is none. */
  readonly network?: ContainerNetwork;
  /** What the VM has that they may have; absent: nothing. */
  readonly mounts?: MachineMounts;
  openImages(): Promise<Pick<ImageStore, "resolve" | "lease" | "diskDigest"> & Disposable>;
}

interface Live {
  readonly spec: ContainerSpec;
  readonly command: SupervisedCommand;
  readonly output: Output;
  /** Settles when it runs, or with why it does not. */
  readonly started: Promise<FailedEvent | undefined>;
  readonly ended: Promise<unknown>;
  /** How it ended, known before {@linkcode Live.ended} settles. */
  end?: CommandEnd;
  /** Aborted when it is to end, also before it runs. */
  readonly stopping: AbortController;
}

/** The containers of one machine, as a service of its VM. */
export class ContainersService implements Service {
  readonly name = "containers";
  readonly #parts: ContainerParts;
  readonly #live = new Map<string, Live>();
  #vm: RunningVm | undefined;

  constructor(parts: ContainerParts) {
    this.#parts = parts;
  }

  start(vm: RunningVm): Promise<void> {
    this.#vm = vm;
    return Promise.resolve();
  }

  async stop(patience: number): Promise<void> {
    await Promise.all([...this.#live.keys()].map((id) => this.stopContainer(id, patience)));
  }

  close(): void {
    this.#vm = undefined;
  }

  /**
   * Starts a container; one that runs is fine.
   *
   * @returns `undefined` when it runs, else why it never ran
   * @throws {SmolvmError} when there is none of that id, its image is gone, or the VM went away
   */
  async startContainer(id: string): Promise<FailedEvent | undefined> {
    const record = await this.#parts.table((records) => records.get(id));
    const vm = this.#vm;
    if (!record) throw startFailure(id, "usage", "it was removed");
    if (!vm) throw startFailure(id, "guest", "the VM of its machine is starting again");
    // Listed before anything else is waited for, so that two starts at once start it once.
    const live = this.#live.get(id) ?? this.#begin(record, vm);
    return await live.started;
  }

  #begin({ spec }: ContainerRecord, vm: RunningVm): Live {
    const { id } = spec;
    const mounts = containerMounts(spec, this.#parts.mounts ?? NO_MOUNTS);
    const stopping = new AbortController();
    const log = this.#openLog(id);
    const output = new Output();
    output.subscribe({ take: (piece) => log.write(piece) });
    const image = hexOf(spec.command.imageId);
    const what = { id, hostname: spec.hostname, image, restart: "no", command: spec.command } as const;
    const { network } = this.#parts;
    const command = new SupervisedCommand({ ...what, ...mounts, ...(network && { network }) }, {
      output,
      stopping: stopping.signal,
    });
    const startedAt = new Date().toISOString();
    const lived = this.#bring(spec, vm).then(async () => {
      if (stopping.signal.aborted) throw startFailure(id, "canceled", "it was stopped before it ran");
      // It may have been removed while its image was brought.
      const known = await this.#parts.table((records) => records.setRun(id, { startedAt }));
      if (!known) throw startFailure(id, "usage", "it was removed");
      return await command.run(vm);
    });
    const ended = lived.then(async (end) => {
      live.end = end;
      const stored = { at: new Date().toISOString(), ...storedEnd(end, end ? undefined : VM_ENDED) };
      await this.#parts.table((records) => records.setRun(id, { startedAt, end: stored }));
    }).catch((error) => {
      // It never ran, which its start tells; or the table cannot be written, and its next opening ends the run.
      debug("container has no end", { id, reason: String(error) });
    }).finally(() => {
      this.#live.delete(id);
      log[Symbol.dispose]();
    });
    const told = lived.then((end) => {
      if (!end) throw startFailure(id, "guest", CONNECTION_LOST);
      return command.started;
    });
    told.catch(() => {});
    const started = Promise.race([command.started, told]);
    const live: Live = { spec, command, output, started, ended, stopping };
    this.#live.set(id, live);
    return live;
  }

  /** The container of this name, or of this whole id, if it runs or is being started. */
  find(word: string): ContainerSpec | undefined {
    const all = [...this.#live.values()].map(({ spec }) => spec);
    return all.find(({ id, name }) => id === word || name === word);
  }

  /**
   * Attaches to a container until it has ended.
   *
   * @param attach attaches one client
   * @returns how the container ended, `undefined` when it did not tell
   * @throws {SmolvmError} when it does not run
   */
  async attach(id: string, attach: (attended: Attended) => OutputSubscription): Promise<CommandEnd> {
    const live = this.#live.get(id);
    if (!live) {
      throw new SmolvmError("usage", { action: "attach to the container", reason: "it does not run" });
    }
    const { command, output } = live;
    const log = join(this.#parts.logs, id, "log");
    using attached = attach({ command, output, readLog: (selection) => readLog(log, selection) });
    await live.ended;
    await attached.idle();
    return live.end;
  }

  /** Stops a container; one that does not run is fine. @param patience milliseconds before SIGKILL */
  async stopContainer(id: string, patience: number): Promise<void> {
    const live = this.#live.get(id);
    if (!live) return;
    live.stopping.abort();
    await live.command.askToEnd(live.ended, patience);
    if (!this.#live.has(id)) return;
    live.command.kill();
    await withinDeadline(live.ended, KILL_MILLISECONDS);
  }

  /**
   * Sends a signal to a container. After SIGKILL it is waited for, since nothing can keep it from ending.
   *
   * @throws {SmolvmError} when it does not run
   */
  async signalContainer(id: string, signal: number): Promise<void> {
    const live = this.#live.get(id);
    if (!live) {
      throw new SmolvmError("usage", {
        action: "kill the container",
        subject: id,
        reason: "it does not run",
      });
    }
    await live.started;
    live.command.signal(signal);
    if (signal === SIGKILL) await withinDeadline(live.ended, KILL_MILLISECONDS);
  }

  #openLog(id: string): LogWriter {
    const folder = join(this.#parts.logs, id);
    Deno.mkdirSync(folder, { recursive: true, mode: 0o700 });
    return new LogWriter(join(folder, "log"));
  }

  async #bring({ id, command }: ContainerSpec, vm: RunningVm): Promise<void> {
    using images = await this.#parts.openImages();
    const image = await images.resolve(parseImageName(command.imageId));
    if (!image) {
      throw new SmolvmError("image", {
        action: "start the container",
        subject: id,
        reason: `its image ${command.image} is no longer in the store`,
        remedy: `get it again with smolvm image pull ${command.image}`,
      });
    }
    using _lease = await images.lease(image, { signal: AbortSignal.timeout(30_000) });
    await bringImage(vm, image, await images.diskDigest(image));
  }
}

function startFailure(id: string, kind: ErrorKind, reason: string): SmolvmError {
  return new SmolvmError(kind, { action: "start the container", subject: id, reason });
}
