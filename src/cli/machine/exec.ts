/**
 * `smolvm microvm exec`: a command in a machine's own root.
 *
 * @module
 */
import { Command } from "commander";
import { debug } from "../../log.ts";
import { reachMachine } from "../../client/reach.ts";
import { onEngine } from "../../actions/wanted_engine.ts";
import { wantedEngine } from "../../engines/wanted.ts";
import { programRequest, runSession } from "../context/exec_session.ts";
import { usableMachine, withMachines } from "../context/machines.ts";
import { addEngineOption } from "../options/machine_options.ts";
import {
  addProgramOptions,
  addSessionOptions,
  type ProgramOptions,
  type SessionOptions,
} from "../options/program_options.ts";

interface ExecOptions extends ProgramOptions, SessionOptions {
  readonly name?: string;
  readonly engine?: string;
}

/** The command. */
export function execCommand(): Command {
  const command = new Command("exec")
    .description("run a command in a machine, which is started if it does not run")
    .argument("<command...>", "command and its arguments")
    .option("--name <machine>", "which machine (default: default, made when it is first used)");
  addSessionOptions(addProgramOptions(command));
  return addEngineOption(command, ", if it has to be started (default: its own, or SMOLVM_ENGINE)")
    .passThroughOptions()
    .action(async (words: string[], options: ExecOptions) => {
      Deno.exitCode = await exec(words, options);
    });
}

function exec(argv: readonly string[], options: ExecOptions): Promise<number> {
  const program = programRequest(argv, options);
  return runSession(
    argv[0] ?? "",
    options.interactive ?? false,
    async () =>
      await withMachines(async (context) => {
        const { spec } = await usableMachine(options.name, context);
        debug("machine found", { id: spec.id });
        const engine = options.engine === undefined
          ? undefined
          : wantedEngine(options.engine, context.environment);
        const link = await reachMachine(spec, onEngine(context, spec, engine));
        return { link, memoryMiB: spec.memoryMiB, request: { kind: "exec", ...program } };
      }),
  );
}
