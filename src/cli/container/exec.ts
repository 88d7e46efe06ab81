/**
 * `smolvm container exec`: a command in a container that runs.
 *
 * @module
 */
import { Command } from "commander";
import { SmolvmError } from "../../error.ts";
import { connectSupervisor } from "../../client/connect.ts";
import { programRequest, runSession, type SessionPlace } from "../context/exec_session.ts";
import { namedMachine, withMachines } from "../context/machines.ts";
import {
  addProgramOptions,
  addSessionOptions,
  type ProgramOptions,
  type SessionOptions,
} from "../options/program_options.ts";
import { refuseOption } from "../options/values.ts";

type ExecOptions = ProgramOptions & SessionOptions;

/** The command. */
export function containerExec(): Command {
  const command = new Command("exec")
    .description("run a command in a container that runs")
    .argument("<machine>", "which machine")
    .argument("<container>", "name or id")
    .argument("<command...>", "command and its arguments");
  return addSessionOptions(addProgramOptions(command, " (default: the container's own)"))
    .passThroughOptions()
    .action(async (machine: string, word: string, argv: string[], options: ExecOptions) => {
      refuseOption(word, "the machine");
      refuseOption(argv[0] ?? "", "the machine");
      const reach = () => place(machine, word, argv, options);
      Deno.exitCode = await runSession(argv[0] ?? "", options.interactive ?? false, reach);
    });
}

async function place(
  machine: string,
  word: string,
  argv: readonly string[],
  options: ExecOptions,
): Promise<SessionPlace> {
  return await withMachines(async (context) => {
    const { spec } = namedMachine(machine, context);
    const { spec: container } = context.records.containers.find(spec, word);
    const link = await connectSupervisor(spec, context.paths);
    if (!link) {
      throw new SmolvmError("state", {
        action: "run in the container",
        subject: word,
        reason: `its machine ${spec.name} does not run`,
        remedy: `start it with smolvm container start ${spec.name} ${word}`,
      });
    }
    const program = programRequest(argv, options);
    const { cwd, user } = container.command;
    const own = { cwd: program.cwd || cwd, user: program.user || user };
    const request = { kind: "join", container: container.id, ...program, ...own } as const;
    return { link, memoryMiB: spec.memoryMiB, request };
  });
}
