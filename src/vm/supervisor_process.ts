/**
 * `smolvm _supervise ID`: what a supervisor needs from the host, and what it leaves behind. Its one line of
 * output tells whoever started it that the machine runs, or why not.
 *
 * @module
 */
import * as v from "valibot";
import type { Choice } from "../engine/choose.ts";
import type { EngineName } from "../engine/engine.ts";
import { SmolvmError } from "../error.ts";
import { FileLock } from "../host/lock.ts";
import type { Paths } from "../host/paths.ts";
import type { Payload } from "../host/payload.ts";
import { identify } from "../host/process.ts";
import { ImageStore } from "../image/store.ts";
import { type LogPiece, LogWriter } from "./log_file.ts";
import { machineFolder } from "./machine_folder.ts";
import { MachineRecords, type MachineRun } from "./records.ts";
import type { MachineSpec } from "./spec.ts";
import { type MachineEnd, Supervisor } from "./supervisor.ts";

/** How long the supervisor before this one may take to be gone, in milliseconds. */
const LOCK_MILLISECONDS = 5_000;

/** What a supervisor process works with. */
export interface SuperviseContext {
  readonly paths: Paths;
  readonly payload: Payload;
  chooseEngine(wanted: EngineName | "auto"): Promise<Choice>;
  /** Writes the one line. */
  report(line: string): void;
}

/** The one line: the machine runs, or why it does not. */
const reportSchema = v.union([
  v.object({ ready: v.literal(true) }),
  v.object({
    action: v.string(),
    subject: v.string(),
    reason: v.string(),
    remedy: v.string(),
    exitCode: v.number(),
  }),
]);

/**
 * Reads a supervisor's line.
 *
 * @throws {SmolvmError} kind `guest` when the machine does not run
 */
export function judgeReport(name: string, line: string): void {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    value = undefined;
  }
  const result = v.safeParse(reportSchema, value);
  if (!result.success) {
    throw new SmolvmError("guest", {
      action: "start the machine",
      subject: name,
      reason: "its supervisor ended before the VM was up",
      remedy: `look at smolvm microvm logs --console ${name}`,
    });
  }
  if ("ready" in result.output) return;
  throw new SmolvmError("guest", result.output);
}

/**
 * Supervises a machine to its end.
 *
 * @param id the machine's
 */
export async function superviseMachine(id: string, context: SuperviseContext): Promise<void> {
  let reported = false;
  const report = (words: v.InferInput<typeof reportSchema>): void => {
    if (reported) return;
    reported = true;
    context.report(JSON.stringify(words));
  };
  using records = await MachineRecords.open(context.paths);
  const spec = records.byId(id)?.spec;
  if (!spec) return report(fields(id, new Error("there is no such machine")));
  const folder = machineFolder(context.paths, id);
  const run: MachineRun = { supervisor: own(), startedAt: new Date().toISOString() };
  try {
    using _lock = await FileLock.acquire(folder.lock, { signal: AbortSignal.timeout(LOCK_MILLISECONDS) });
    records.setRun(id, run);
    let end: MachineEnd;
    try {
      end = await superviseLocked(spec, records, context, () => report({ ready: true }));
    } catch (error) {
      const words = fields(spec.name, error);
      end = { exitCode: null, failure: `${words.action}: ${words.reason}` };
      report(words);
    }
    records.setRun(id, { ...run, end: { at: new Date().toISOString(), ...end } });
  } catch (error) {
    report(fields(spec.name, error));
  }
  // A command that never ran is the start's failure, though the machine came up for it.
  report({ ready: true });
}

async function superviseLocked(
  spec: MachineSpec,
  records: MachineRecords,
  context: SuperviseContext,
  ready: () => void,
): Promise<MachineEnd> {
  const { paths, payload } = context;
  const folder = machineFolder(paths, spec.id);
  const { engine } = await context.chooseEngine(spec.engine);
  const disks = [{ path: await payload.path("root.erofs"), readOnly: true }];
  using images = spec.command ? await ImageStore.open(paths, { payload }) : null;
  const image = spec.command && await images?.resolve(spec.command.imageId);
  if (spec.command && !image) {
    throw new SmolvmError("image", {
      action: "start the machine",
      subject: spec.name,
      reason: `its image ${spec.command.image} is no longer in the store`,
      remedy: `get it again with smolvm image pull ${spec.command.image}`,
    });
  }
  using _lease = image && images ? await images.lease(image, { signal: AbortSignal.timeout(30_000) }) : null;
  if (image) disks.push({ path: image.disk, readOnly: true });
  disks.push({ path: folder.disk, readOnly: false });
  using log = new LogWriter(folder.log);
  const containers = {
    records: records.containers,
    logs: folder.containers,
    openImages: () => ImageStore.open(paths, { payload }),
  };
  // What ran when the last VM went away cannot have said so itself.
  records.containers.endRuns(spec.id, "its VM ended");
  const parts = { spec, folder, engine, disks, log: (piece: LogPiece) => log.write(piece), containers };
  const supervisor = new Supervisor(parts);
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    Deno.addSignalListener(signal, () => supervisor.stop(10_000));
  }
  return await supervisor.run(ready);
}

function own(): MachineRun["supervisor"] {
  return identify(Deno.pid) ?? { pid: Deno.pid, started: "" };
}

function fields(name: string, error: unknown): Exclude<v.InferInput<typeof reportSchema>, { ready: true }> {
  if (!(error instanceof SmolvmError)) {
    const reason = error instanceof Error ? error.message : String(error);
    return { action: "start the machine", subject: name, reason, remedy: "", exitCode: 125 };
  }
  const { action, subject = "", reason, remedy = "", exitCode } = error;
  return { action, subject, reason, remedy, exitCode };
}
