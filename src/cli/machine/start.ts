/**
 * `smolvm microvm start`: in the foreground, with the command's output, or in the background.
 *
 * @module
 */
import { Command } from "commander";
import { SmolvmError } from "../../error.ts";
import type { Paths } from "../../host/paths.ts";
import { LogCursor } from "../../logs/log_cursor.ts";
import { followLog } from "../../logs/log_reader.ts";
import { machineFolder } from "../../machines/folder.ts";
import { judgeEnd } from "../../session/outcome.ts";
import type { MachineRecord } from "../../machines/records.ts";
import { killMachine, stopMachine } from "../../actions/machines.ts";
import type { MachineSpec } from "../../machines/spec.ts";
import { judgeRun, type MachineState } from "../../actions/machine_state.ts";
import { awaitUnsupervised } from "../../machines/liveness.ts";
import { ask } from "../../client/ask.ts";
import type { SupervisorLink } from "../../client/connect.ts";
import { type Reached, reachOrStart } from "../../client/reach.ts";
import { onEngine } from "../../actions/wanted_engine.ts";
import { wantedEngine } from "../../engines/wanted.ts";
import type { Host } from "../../payload/host.ts";
import { type MachineContext, usableMachine, withMachines } from "../context/machines.ts";
import { notice, warn, writeLine } from "../terminal/output.ts";
import { writeBytes } from "../terminal/write_bytes.ts";
import { SignalForwarder } from "../terminal/signals.ts";

/** What a command is given when its start in the foreground is interrupted, in milliseconds. */
const STOP_MILLISECONDS = 10_000;

/** How long a supervisor that has said goodbye may still be there, in milliseconds. */
const END_MILLISECONDS = 10_000;

/** How long a supervisor may take to say what it does, in milliseconds; its host may be busy. */
const ANSWER_MILLISECONDS = 30_000;

/** How long a machine that is being stopped is waited for, in milliseconds. */
const STOPPING_MILLISECONDS = 60_000;

interface StartOptions {
  readonly detach?: boolean;
  readonly engine?: string;
}

/** The command. */
export function startCommand(): Command {
  return new Command("start")
    .description("start a machine; without -d it shows the command's output, and Ctrl-C stops it")
    .argument("[machine]", "which one (default: default)")
    .option("-d, --detach", "return when it runs")
    .option("--engine <name>", "auto, krun or qemu (default: its own, or SMOLVM_ENGINE)")
    .action(async (name: string | undefined, options: StartOptions) => {
      Deno.exitCode = await withMachines((context) => start(name, options, context));
    });
}

async function start(
  name: string | undefined,
  options: StartOptions,
  context: MachineContext,
): Promise<number> {
  const record = await usableMachine(name, context);
  const { spec } = record;
  const engine = options.engine === undefined ? undefined : wantedEngine(options.engine, context.environment);
  const host = onEngine(context, spec, engine);
  if (options.detach) {
    const { link, started } = await startOrWait(spec, host);
    link?.close();
    if (started) writeLine(spec.name);
    else warn(`${spec.name} is running already`);
    return 0;
  }
  const stopper = new Stopper(record, context);
  // From before the start: Ctrl-C while the machine starts stops it as well.
  using _signals = new SignalForwarder(() => stopper.stop(), () => stopper.kill());
  using cursor = new LogCursor(machineFolder(context.paths, spec.id).log, "end");
  const { link, started } = await startOrWait(spec, host);
  if (!started) {
    link?.close();
    warn(`${spec.name} is running already`);
    return 0;
  }
  stopper.started();
  if (!spec.command) notice(`${spec.name} runs; Ctrl-C stops it`);
  using _link = link ?? null;
  return await attend(record, { cursor, link, stopper }, context);
}

/** Starts the machine, or finds it running; one that is being stopped is waited for, and started anew. */
async function startOrWait(spec: MachineSpec, host: Host): Promise<Reached> {
  for (;;) {
    const reached = await reachOrStart(spec, host);
    if (reached.started || !reached.link) return reached;
    const machine = await ask(reached.link, { kind: "describe" }, ANSWER_MILLISECONDS);
    if (machine?.kind !== "machine" || !machine.stopping) return reached;
    reached.link.close();
    if (await awaitUnsupervised(machineFolder(host.paths, spec.id), STOPPING_MILLISECONDS)) continue;
    throw new SmolvmError("guest", {
      action: "start the machine",
      subject: spec.name,
      reason: "it is being stopped, and its command takes its time",
      remedy: "try again, or end it with smolvm microvm stop --force",
    });
  }
}

/** Ends the machine, as soon as it has started; its failure to do so is the command's. */
class Stopper {
  readonly failed = Promise.withResolvers<never>();
  readonly #record: MachineRecord;
  readonly #paths: Paths;
  #wanted: "stop" | "kill" | undefined;
  #started = false;

  constructor(record: MachineRecord, { paths }: MachineContext) {
    this.#record = record;
    this.#paths = paths;
    this.failed.promise.catch(() => {});
  }

  /** Whether it was asked for. */
  get begun(): boolean {
    return this.#wanted !== undefined;
  }

  /** The machine has started. */
  started(): void {
    this.#started = true;
    this.#act();
  }

  stop(): void {
    this.#wanted ??= "stop";
    this.#act();
  }

  kill(): void {
    this.#wanted = "kill";
    this.#act();
  }

  #act(): void {
    if (this.#wanted === "kill") killMachine(this.#record.spec, this.#paths).catch(this.failed.reject);
    else if (this.#wanted === "stop" && this.#started) {
      stopMachine(this.#record, this.#paths, STOP_MILLISECONDS).catch(this.failed.reject);
    }
  }
}

/** Shows the output of a machine until its command ends. */
async function attend(
  { spec }: MachineRecord,
  { cursor, link, stopper }: { cursor: LogCursor; link: SupervisorLink | undefined; stopper: Stopper },
  { paths, records }: MachineContext,
): Promise<number> {
  const folder = machineFolder(paths, spec.id);
  const stream = link?.open({ kind: "wait" });
  const end = stream?.nextMessage() ?? Promise.resolve(undefined);
  const over = Promise.all([end, stream?.ended]);
  const shown = (async () => {
    for await (const piece of followLog(folder.log, cursor, over)) {
      const file = piece.stream === "stdout" ? Deno.stdout : Deno.stderr;
      writeBytes(file, piece.bytes);
    }
  })();
  await Promise.race([shown, stopper.failed.promise]);
  const last = await end;
  // Whoever looks at the machine next finds it stopped.
  await awaitUnsupervised(folder, END_MILLISECONDS);
  if (last) return judgeEnd(last, spec.command?.argv[0] ?? "", spec.memoryMiB).exitCode;
  // It ended before it could be asked: then its record knows.
  const known = records.byId(spec.id);
  const ended: MachineState = known
    ? judgeRun(known.run)
    : { state: "failed", reason: "it was deleted", exitCode: null };
  if ("exitCode" in ended && ended.exitCode !== null) return ended.exitCode;
  if (stopper.begun || ended.state !== "failed") return 0;
  throw new SmolvmError("guest", {
    action: "keep the machine running",
    subject: spec.name,
    reason: ended.reason,
    ...(known && { remedy: `see smolvm microvm logs --console ${spec.name}` }),
  });
}
