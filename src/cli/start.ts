/**
 * `smolvm microvm start`: in the foreground, with the command's output, or in the background.
 *
 * @module
 */
import { Command } from "commander";
import { SmolvmError } from "../error.ts";
import { followLog } from "../vm/log_reader.ts";
import { machineFolder } from "../vm/machine_folder.ts";
import { judgeEnd } from "../vm/outcome.ts";
import type { MachineRecord } from "../vm/records.ts";
import { stopMachine } from "../vm/machines.ts";
import { connectSupervisor, reachMachine } from "../vm/supervisor_client.ts";
import { type MachineContext, usableMachine, withMachines } from "./machine_context.ts";
import { notice, warn, writeLine } from "./output.ts";
import { SignalForwarder } from "./signals.ts";

/** What a command is given when its start in the foreground is interrupted, in milliseconds. */
const STOP_MILLISECONDS = 10_000;

/** The command. */
export function startCommand(): Command {
  return new Command("start")
    .description("start a machine; without -d it shows the command's output, and Ctrl-C stops it")
    .argument("[machine]", "which one (default: default)")
    .option("-d, --detach", "return when it runs")
    .action(async (name: string | undefined, { detach }: { detach?: boolean }) => {
      Deno.exitCode = await withMachines((context) => start(name, detach ?? false, context));
    });
}

async function start(name: string | undefined, detach: boolean, context: MachineContext): Promise<number> {
  const record = await usableMachine(name, context);
  const { spec } = record;
  const from = logSize(machineFolder(context.paths, spec.id).log);
  const { link, started } = await reachMachine(spec, context.paths);
  link.close();
  if (!started) {
    warn(`${spec.name} is running already`);
    return 0;
  }
  if (detach) {
    writeLine(spec.name);
    return 0;
  }
  if (!spec.command) notice(`${spec.name} runs; Ctrl-C stops it`);
  return await attend(record, from, context);
}

/** Shows the output of a machine until its command ends; a signal stops it, a second one at once. */
async function attend(record: MachineRecord, from: number, { paths }: MachineContext): Promise<number> {
  const { spec } = record;
  const folder = machineFolder(paths, spec.id);
  let stopping = false;
  const failed = Promise.withResolvers<never>();
  const stop = (patience: number): void => {
    stopping = true;
    stopMachine(record, paths, patience).catch(failed.reject);
  };
  using _signals = new SignalForwarder(() => stop(STOP_MILLISECONDS), () => stop(0));
  using link = await connectSupervisor(folder.socket);
  const stream = link?.open({ kind: "wait" });
  const end = stream?.nextMessage() ?? Promise.resolve(undefined);
  const over = Promise.all([end, stream?.ended]);
  const shown = (async () => {
    for await (const piece of followLog(folder.log, from, over)) {
      const file = piece.stream === "stdout" ? Deno.stdout : Deno.stderr;
      for (let at = 0; at < piece.bytes.length;) at += file.writeSync(piece.bytes.subarray(at));
    }
  })();
  await Promise.race([shown, failed.promise]);
  const last = await end;
  if (last) return judgeEnd(last, spec.command?.argv[0] ?? "", spec.memoryMiB).exitCode;
  if (stopping) return 0;
  throw new SmolvmError("guest", {
    action: "keep the machine running",
    subject: spec.name,
    reason: "its VM ended",
    remedy: `see smolvm microvm status ${spec.name}`,
  });
}

function logSize(path: string): number {
  try {
    return Deno.statSync(path).size;
  } catch {
    return 0;
  }
}
