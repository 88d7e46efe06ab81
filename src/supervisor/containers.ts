/**
 * The containers in a VM that stays: starts and stops those of the records, and writes down their ends.
 *
 * @module
 */
import { join } from "node:path";
import { SmolvmError } from "../error.ts";
import type { ImageStore } from "../image/store/store.ts";
import type { ContainerRecord, ContainerRecords } from "../machines/container_records.ts";
import { LogWriter } from "../logs/log_file.ts";
import type { RunningVm } from "../vm/running_vm.ts";
import type { RunEnd } from "../machines/run_end.ts";
import { type CommandEnd, SupervisedCommand } from "./command.ts";
import { bringImage } from "../vm/guest_image.ts";

/** How long a killed container may take to be gone, in milliseconds. */
const KILL_MILLISECONDS = 5_000;

/** What they are started with. */
export interface ContainerParts {
  /** Opens the table for as long as it is needed. */
  table<T>(body: (records: ContainerRecords) => T): Promise<T>;
  /** Folder of their logs, `ID/log`. */
  readonly logs: string;
  openImages(): Promise<ImageStore>;
}

interface Live {
  readonly command: SupervisedCommand;
  readonly ended: Promise<unknown>;
  /** Aborted when it is to end, also before it runs. */
  readonly stopping: AbortController;
}

/** The containers of one VM. */
export class SupervisedContainers {
  readonly #parts: ContainerParts;
  readonly #machine: () => RunningVm | undefined;
  readonly #live = new Map<string, Live>();

  constructor(parts: ContainerParts, machine: () => RunningVm | undefined) {
    this.#parts = parts;
    this.#machine = machine;
  }

  /**
   * Starts a container; one that runs is fine.
   *
   * @returns `undefined` when it runs, else its end: it never ran
   * @throws {SmolvmError} when there is none of that id, or its image is gone
   */
  async start(id: string): Promise<CommandEnd> {
    const record = await this.#parts.table((records) => records.get(id));
    const machine = this.#machine();
    if (!record || !machine) throw unknown(id);
    const running = this.#live.get(id);
    if (running) return await running.command.started;
    const stopping = new AbortController();
    const image = record.spec.command.imageId.slice("sha256:".length);
    const { hostname, command: what } = record.spec;
    const folder = join(this.#parts.logs, id);
    Deno.mkdirSync(folder, { recursive: true, mode: 0o700 });
    const log = new LogWriter(join(folder, "log"));
    const spec = { id, hostname, image, restart: "no", command: what } as const;
    const command = new SupervisedCommand(spec, (piece) => log.write(piece), stopping.signal);
    const startedAt = new Date().toISOString();
    // Listed before anything is waited for, so that two starts at once start it once.
    const brought = this.#bring(record, machine);
    const lived = brought.then(async () => {
      if (stopping.signal.aborted) throw stoppedEarly(id);
      // It may have been removed while its image was brought.
      if (!await this.#parts.table((records) => records.setRun(id, { startedAt }))) throw unknown(id);
      return await command.run(machine);
    });
    const ended = lived.then((end) =>
      this.#parts.table((records) => records.setRun(id, { startedAt, end: endOf(end) }))
    ).catch(() => {
      // It never ran, which its start tells; or its end could not be written, which the next start makes up for.
    }).finally(() => {
      this.#live.delete(id);
      log[Symbol.dispose]();
    });
    this.#live.set(id, { command, ended, stopping });
    return await Promise.race([command.started, lived]);
  }

  /** Stops a container; one that does not run is fine. @param patience milliseconds before SIGKILL */
  async stop(id: string, patience: number): Promise<void> {
    const live = this.#live.get(id);
    if (!live) return;
    live.stopping.abort();
    await live.command.askToEnd(live.ended, patience);
    if (!this.#live.has(id)) return;
    live.command.kill();
    let timer: number | undefined;
    const late = new Promise<void>((resolve) => timer = setTimeout(resolve, KILL_MILLISECONDS));
    await Promise.race([live.ended, late]);
    clearTimeout(timer);
  }

  /** Stops all of them. */
  async stopAll(patience: number): Promise<void> {
    if (patience > 0) await Promise.all([...this.#live.keys()].map((id) => this.stop(id, patience)));
  }

  async #bring({ spec }: ContainerRecord, vm: RunningVm): Promise<void> {
    using images = await this.#parts.openImages();
    const image = await images.resolve(spec.command.imageId);
    if (!image) {
      throw new SmolvmError("image", {
        action: "start the container",
        subject: spec.id,
        reason: `its image ${spec.command.image} is no longer in the store`,
        remedy: `get it again with smolvm image pull ${spec.command.image}`,
      });
    }
    using _lease = await images.lease(image, { signal: AbortSignal.timeout(30_000) });
    await bringImage(vm, image);
  }
}

function endOf(end: CommandEnd): RunEnd {
  const at = new Date().toISOString();
  if (!end) return { at, exitCode: null, failure: "its VM ended" };
  if (end.kind === "failed") return { at, exitCode: end.exitCode, failure: `${end.subject}: ${end.reason}` };
  const exitCode = end.signal === null ? end.code : 128 + end.signal;
  return { at, exitCode, ...(end.outOfMemory && { failure: "it ran out of memory" }) };
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
