/**
 * `smolvm microvm start`: in the foreground, with the command's output, or in the background.
 *
 * @module
 */
import { Command } from "commander";
import { attendMachine } from "../../actions/attend_machine.ts";
import { findUsableMachine } from "../../actions/find_machine.ts";
import type { MachineContext } from "../../actions/machine_context.ts";
import { portsOf, startMachine } from "../../actions/start_machine.ts";
import { onEngine } from "../../actions/wanted_engine.ts";
import type { MachineSpec } from "../../machines/spec.ts";
import { attachHere } from "../context/attach_here.ts";
import { withMachines } from "../context/machines.ts";
import { addEngineOption, readEngine } from "../options/machine_options.ts";
import { chosenPorts } from "../terminal/chosen_ports.ts";
import { warn, writeLine } from "../terminal/output.ts";
import { SignalQueue } from "../terminal/signal_queue.ts";
import { forwardedSignals, SignalForwarder } from "../terminal/signals.ts";
import { writeBytes } from "../terminal/write_bytes.ts";

const { SIGHUP, SIGINT, SIGTERM } = forwardedSignals;

/** What stops the machine in order; all others go to its command. */
const STOPPING: readonly number[] = [SIGHUP, SIGINT, SIGTERM];

/** As much of the log as an attach may ask for. */
const ALL_LINES = 10_000;

interface StartOptions {
  readonly detach?: boolean;
  readonly engine?: string;
}

/** The command. */
export function startCommand(): Command {
  const command = new Command("start")
    .description("start a machine; without -d it shows the command's output, and Ctrl-C stops it")
    .argument("[machine]", "which one (default: default)")
    .option("-d, --detach", "return when it runs");
  return addEngineOption(command, " (default: its own, or SMOLVM_ENGINE)")
    .action(async (name: string | undefined, options: StartOptions) => {
      const { engine } = readEngine(options);
      Deno.exitCode = await withMachines(async (context) => {
        const { spec } = await findUsableMachine(name, context);
        const chosen = onEngine(context, spec, engine);
        if (options.detach) return await detached(spec, chosen);
        return await (spec.command?.interactive ? typedInto(spec, chosen) : attended(spec, chosen));
      });
    });
}

async function detached(spec: MachineSpec, context: MachineContext): Promise<number> {
  const reached = await startMachine(spec, context);
  const { link, started } = reached;
  const ports = await portsOf(spec, reached);
  link?.close();
  if (started) {
    writeLine(spec.name);
    chosenPorts(spec.devices.ports, ports).forEach(warn);
  } else warn(`${spec.name} is running already`);
  return 0;
}

/** A command that takes input has this process's: it is started, and this process attached. */
async function typedInto(spec: MachineSpec, context: MachineContext): Promise<number> {
  const since = Date.now();
  const { link, started } = await startMachine(spec, context);
  if (!started) {
    link?.close();
    warn(`${spec.name} is running already`);
    return 0;
  }
  const wish = { machine: spec, lines: ALL_LINES, since, ...(link && { link }) };
  return await attachHere(wish, context, { stdin: true });
}

async function attended(spec: MachineSpec, context: MachineContext): Promise<number> {
  const [stop, kill] = [new AbortController(), new AbortController()];
  // From before the start: Ctrl-C while the machine starts stops it as well.
  const queue = new SignalQueue();
  const forward = (signal: number): void => STOPPING.includes(signal) ? stop.abort() : queue.send(signal);
  using _signals = new SignalForwarder(forward, () => kill.abort());
  const exitCode = await attendMachine(spec, context, {
    print: ({ stream, bytes }) => writeBytes(stream === "stdout" ? Deno.stdout : Deno.stderr, bytes),
    stop: stop.signal,
    kill: kill.signal,
    opened: (program) => queue.open(program),
    onStarted: (ports) => {
      chosenPorts(spec.devices.ports, ports).forEach(warn);
      if (!spec.command) {
        warn(`${spec.name} runs, and this command stays with it: Ctrl-C stops it; start -d returns at once`);
      }
    },
  });
  if (exitCode === undefined) warn(`${spec.name} is running already`);
  return exitCode ?? 0;
}
