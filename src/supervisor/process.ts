/**
 * `smolvm _supervise`: what a supervisor needs from the host, and what it leaves behind. Its one line of
 * output tells whoever started it that the machine runs, or why not.
 *
 * @module
 */
import type { Choice } from "../engine/choose.ts";
import type { EngineName } from "../engine/engine.ts";
import { placesOf, type VmDescription } from "../engine/vm_description.ts";
import { SmolvmError } from "../error.ts";
import type { Paths } from "../host/paths.ts";
import type { Payload } from "../payload/payload.ts";
import { parseImageName } from "../image/model/image_name.ts";
import { ImageStore } from "../image/store/store.ts";
import type { ContainerRecords } from "../machines/container_records.ts";
import { readLog } from "../logs/log_reader.ts";
import { LogWriter } from "../logs/log_file.ts";
import { machineFolder } from "../machines/folder.ts";
import { MachineRecords, type MachineRun } from "../machines/records.ts";
import type { MachineCommand, MachineSpec } from "../machines/spec.ts";
import { finishSpecChange } from "../machines/spec_file.ts";
import { ownIdentity, takeSupervision } from "../machines/liveness.ts";
import { VM_ENDED } from "../machines/run_end.ts";
import { networkService } from "../net/load_service.ts";
import { PortsService } from "../ports/service.ts";
import { findSources } from "../shares/sources.ts";
import { shareRequests } from "../vm/share_requests.ts";
import { volumeRequests } from "../vm/volume_requests.ts";
import { attachVolumes } from "../volumes/attach.ts";
import { coldBoot } from "../vm/source.ts";
import { failureOf, type Report, reportLine } from "../supervisor_protocol/report.ts";
import { Output } from "./output.ts";
import type { StoredEnd } from "./stored_end.ts";
import { Supervisor } from "./supervisor.ts";

/** How long the supervisor before this one may take to be gone, in milliseconds. */
const LOCK_MILLISECONDS = 5_000;

/** What a machine's command is given when a signal ends its supervisor, in milliseconds. */
const SIGNAL_PATIENCE_MILLISECONDS = 10_000;

/** What a supervisor process works with. */
export interface SuperviseContext {
  readonly paths: Paths;
  readonly payload: Payload;
  /** That of whoever started the machine: it has the values of secrets. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  chooseEngine(wanted: EngineName | "auto"): Promise<Choice>;
  /** Writes the one line. */
  report(line: string): void;
}

/**
 * Supervises a machine to its end. The table is opened anew each time it is needed: in the days that a
 * machine runs, others may have put a damaged one aside.
 *
 * @param id the machine's
 */
export async function superviseMachine(id: string, context: SuperviseContext): Promise<void> {
  let reported = false;
  const report = (words: Report): void => {
    if (reported) return;
    reported = true;
    context.report(reportLine(words));
  };
  const { paths } = context;
  const specOf = () => withTable(paths, (table) => table.byId(id)?.spec);
  let name = id;
  let failed: unknown;
  try {
    const folder = machineFolder(paths, id);
    using _supervision = await takeSupervision(folder, LOCK_MILLISECONDS);
    // Read under the lock: whoever deletes the machine finds it supervised from here on.
    const spec = await specOf();
    if (!spec) throw new Error("it was deleted");
    name = spec.name;
    finishSpecChange(folder, spec);
    const run: MachineRun = { supervisor: ownIdentity(), startedAt: new Date().toISOString() };
    await withTable(paths, (table) => table.setRun(id, run));
    let end: StoredEnd;
    try {
      end = await superviseLocked(spec, context, () => report({ ready: true }));
    } catch (error) {
      failed = error;
      end = endOf(error, name);
    }
    const ended = { ...run, end: { at: new Date().toISOString(), ...end } };
    await withTable(paths, (table) => {
      table.setRun(id, ended);
      table.containers.endRuns(id, VM_ENDED);
    });
  } catch (error) {
    failed ??= error;
  }
  // Reported when the end is in the table and the lock is free: whoever reads the report finds the machine stopped.
  if (failed !== undefined) report(failureOf(name, failed));
}

/** The end of a run that never came to run. */
function endOf(error: unknown, name: string): StoredEnd {
  const { action, reason } = failureOf(name, error);
  if (!(error instanceof SmolvmError) || error.kind !== "process") {
    return { exitCode: null, failure: `${action}: ${reason}` };
  }
  return { exitCode: error.exitCode, failure: reason };
}

async function withTable<T>(paths: Paths, body: (table: MachineRecords) => T): Promise<T> {
  using table = await MachineRecords.open(paths);
  return body(table);
}

async function superviseLocked(
  spec: MachineSpec,
  context: SuperviseContext,
  ready: () => void,
): Promise<StoredEnd> {
  const { paths, payload } = context;
  const folder = machineFolder(paths, spec.id);
  await using ports = spec.devices.ports.length > 0 ? await PortsService.open(spec.devices.ports) : null;
  ports?.prefer(spec.id);
  const shares = findSources(spec.devices.shares);
  using volumes = await attachVolumes(spec.devices.volumes, paths, { machine: spec.name });
  const { engine } = await context.chooseEngine(spec.engine);
  const image = spec.command && await leaseImage(spec.command, context, `start the machine ${spec.name}`);
  using _lease = image?.lease ?? null;
  const { network: reach } = spec.devices;
  const output = new Output();
  const lost = (line: string) => output.write("stderr", new TextEncoder().encode(`smolvm: ${line}\n`));
  const network = reach === "none"
    ? undefined
    : await networkService(reach, context.environment, { flows: folder.flows, lost });
  const vm: VmDescription = {
    cpus: spec.cpus,
    memoryMiB: spec.memoryMiB,
    root: await payload.path("root.erofs"),
    ...(image && { image: image.disk }),
    storage: { path: folder.disk, durability: "kept" },
    volumes: volumes.disks,
    shares,
    network: network?.card ?? "none",
    console: "tail",
    rootWritable: true,
    shortLived: false,
  };
  const places = placesOf(vm);
  const requests = shareRequests(spec.devices.shares, vm);
  const disks = volumeRequests(spec.devices.volumes, volumes.names, places.volumes);
  using log = new LogWriter(folder.log);
  const containers = {
    table: <T>(body: (records: ContainerRecords) => T) =>
      withTable(paths, ({ containers }) => body(containers)),
    logs: folder.containers,
    mounts: { shares: spec.devices.shares, requests, volumes: volumes.names, places: places.volumes },
    openImages: () => ImageStore.open(paths, { payload }),
  };
  // A supervisor that was killed has not written down the ends of its containers.
  await withTable(paths, (table) => table.containers.endRuns(spec.id, VM_ENDED));
  output.subscribe({ take: (piece) => log.write(piece) });
  const source = coldBoot(engine, vm, { hostname: spec.hostname, network: network?.plan.guest });
  const supervisor = new Supervisor({
    ...{ spec, folder, source, places, output, containers },
    readLog: (selection) => readLog(folder.log, selection),
    ...(ports && { ports }),
    ...(network && { network }),
    ...(requests.length > 0 && { shares: requests }),
    ...(disks.length > 0 && { disks }),
  });
  using _signals = onSignals(() => supervisor.stop(SIGNAL_PATIENCE_MILLISECONDS));
  return await supervisor.run(ready);
}

/** Has the signals that end a process call back, until it is disposed. */
function onSignals(stop: () => void): Disposable {
  const signals = ["SIGTERM", "SIGINT"] as const;
  for (const signal of signals) Deno.addSignalListener(signal, stop);
  return {
    [Symbol.dispose]: () => {
      for (const signal of signals) Deno.removeSignalListener(signal, stop);
    },
  };
}

/** The image of the machine's command, kept from being removed as long as the machine runs. */
async function leaseImage(
  command: MachineCommand,
  { paths, payload }: SuperviseContext,
  action: string,
): Promise<{ readonly disk: string; readonly lease: Disposable }> {
  using images = await ImageStore.open(paths, { payload });
  const image = await images.resolve(parseImageName(command.imageId));
  if (!image) {
    throw new SmolvmError("image", {
      action,
      reason: `its image ${command.image} (${command.imageId.slice(0, 19)}) is no longer in the store`,
      remedy: "create the machine anew, or get that very image again",
    });
  }
  return { disk: image.disk, lease: await images.lease(image, { signal: AbortSignal.timeout(30_000) }) };
}
