/**
 * The containers in a machine: starts and stops those of the records, and writes down their ends.
 *
 * @module
 */
import { join } from "node:path";
import { withinDeadline } from "../async/deadline.ts";
import { SmolvmError } from "../error.ts";
import { parseImageName } from "../image/model/image_name.ts";
import type { ImageStore } from "../image/store/store.ts";
import type { ContainerRecord, ContainerRecords } from "../machines/container_records.ts";
import { LogWriter } from "../logs/log_file.ts";
import type { RunningVm } from "../vm/running_vm.ts";
import { VM_ENDED } from "../machines/run_end.ts";
import { bringImage } from "../vm/guest_image.ts";
import type { Service } from "../vm/service.ts";
import { type FailedEvent, SupervisedCommand } from "./command.ts";
import { Output } from "./output.ts";
import { storedEnd } from "./stored_end.ts";
import { hexOf } from "../image/model/digest.ts";

/** How long a killed container may take to be gone, in milliseconds. */
const KILL_MILLISECONDS = 5_000;

/** What they are started with. */
export interface ContainerParts {
  /** Opens the table for as long as it is needed. */
  table<T>(body: (records: Pick<ContainerRecords, "get" | "setRun">) => T): Promise<T>;
  /** Folder of their logs, `ID/log`. */
  readonly logs: string;
  openImages(): Promise<Pick<ImageStore, "resolve" | "lease" | "diskDigest"> & Disposable>;
}

interface Live {
  readonly command: SupervisedCommand;
  /** Settles when it runs, or with why it does not. */
  readonly started: Promise<FailedEvent | undefined>;
  readonly ended: Promise<unknown>;
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
    if (!record || !vm) throw unknown(id);
    const running = this.#live.get(id);
    if (running) return await running.started;
    const stopping = new AbortController();
    const image = hexOf(record.spec.command.imageId);
    const { hostname, command: what } = record.spec;
    const log = this.#openLog(id);
    const output = new Output();
    output.subscribe({ take: (piece) => log.write(piece) });
    const spec = { id, hostname, image, restart: "no", command: what } as const;
    const command = new SupervisedCommand(spec, { output, stopping: stopping.signal });
    const startedAt = new Date().toISOString();
    // Listed before anything is waited for, so that two starts at once start it once.
    const lived = this.#bring(record, vm).then(async () => {
      if (stopping.signal.aborted) throw stoppedEarly(id);
      // It may have been removed while its image was brought.
      if (!await this.#parts.table((records) => records.setRun(id, { startedAt }))) throw unknown(id);
      return await command.run(vm);
    });
    const ended = lived.then((end) => {
      const run = {
        startedAt,
        end: { at: new Date().toISOString(), ...storedEnd(end, end ? undefined : VM_ENDED) },
      };
      return this.#parts.table((records) => records.setRun(id, run));
    }).catch(() => {
      // It never ran, which its start tells; or its end could not be written, which the next start makes up for.
    }).finally(() => {
      this.#live.delete(id);
      log[Symbol.dispose]();
    });
    const told = lived.then((end) => end ? command.started : Promise.reject(cutOff(id)));
    told.catch(() => {});
    const started = Promise.race([command.started, told]);
    this.#live.set(id, { command, started, ended, stopping });
    return await started;
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

  #openLog(id: string): LogWriter {
    const folder = join(this.#parts.logs, id);
    Deno.mkdirSync(folder, { recursive: true, mode: 0o700 });
    return new LogWriter(join(folder, "log"));
  }

  async #bring({ spec }: ContainerRecord, vm: RunningVm): Promise<void> {
    using images = await this.#parts.openImages();
    const image = await images.resolve(parseImageName(spec.command.imageId));
    if (!image) {
      throw new SmolvmError("image", {
        action: "start the container",
        subject: spec.id,
        reason: `its image ${spec.command.image} is no longer in the store`,
        remedy: `get it again with smolvm image pull ${spec.command.image}`,
      });
    }
    using _lease = await images.lease(image, { signal: AbortSignal.timeout(30_000) });
    await bringImage(vm, image, await images.diskDigest(image));
  }
}

function stoppedEarly(id: string): SmolvmError {
  return new SmolvmError("canceled", {
    action: "start the container",
    subject: id,
    reason: "it was stopped before it ran",
  });
}

function unknown(id: string): SmolvmError {
  return new SmolvmError("usage", {
    action: "start the container",
    subject: id,
    reason: "the VM is not there, or has no such container",
  });
}

function cutOff(id: string): SmolvmError {
  return new SmolvmError("guest", {
    action: "start the container",
    subject: id,
    reason: "its session was cut off before it ran",
  });
}
