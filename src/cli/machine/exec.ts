/**
 * `smolvm microvm exec`: a command in a machine's own root.
 *
 * @module
 */
import { Command } from "commander";
import { placeInMachine } from "../../actions/open_session.ts";
import { withMachines } from "../context/machines.ts";
import { withNameHint } from "../context/name_hint.ts";
import { runInSession } from "../context/session.ts";
import { addEngineOption, readEngine } from "../options/machine_options.ts";
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
export function execCommand(run = runInSession): Command {
  const command = new Command("exec")
    .description("run a command in a machine, which is started if it does not run")
    .argument("[command...]", "command and its arguments; with -t the user's shell when absent")
    .option("--name <machine>", "which machine (default: default, made when it is first used)");
  addSessionOptions(addProgramOptions(command));
  return addEngineOption(command, ", if it has to be started (default: its own, or SMOLVM_ENGINE)")
    .passThroughOptions()
    .action(async (words: string[], options: ExecOptions) => {
      const engine = readEngine(options);
      const { name } = options;
      try {
        Deno.exitCode = await run(
          words,
          options,
          (program, context) => placeInMachine(name, program, context, engine),
        );
      } catch (error) {
        const word = name === undefined ? words[0] : undefined;
        throw await withNameHint(
          error,
          word,
          (name) => withMachines(({ records }) => records.idOf(name) !== undefined),
        );
      }
    });
}
