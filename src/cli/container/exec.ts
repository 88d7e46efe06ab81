/**
 * `smolvm container exec`: a command in a container that runs.
 *
 * @module
 */
import { Command } from "commander";
import { placeInContainer } from "../../actions/open_session.ts";
import { runInSession } from "../context/session.ts";
import {
  addProgramOptions,
  addSessionOptions,
  commandWords,
  type ProgramOptions,
  type SessionOptions,
} from "../options/program_options.ts";
import { refuseOption } from "../options/values.ts";

/** The command. */
export function containerExec(run = runInSession): Command {
  const command = new Command("exec")
    .description("run a command in a container that runs")
    .argument("<machine>", "which machine")
    .argument("<container>", "name or id")
    .argument("[command...]", "command and its arguments; with -t the user's shell when absent");
  return addSessionOptions(addProgramOptions(command, " (default: the container's own)"))
    .passThroughOptions()
    .action(
      async (machine: string, word: string, argv: string[], options: ProgramOptions & SessionOptions) => {
        refuseOption(word, "the machine");
        const words = commandWords(argv);
        // What stands behind `--` is no option.
        if (words === argv) refuseOption(argv[0] ?? "", "the machine");
        Deno.exitCode = await run(
          words,
          options,
          (program, context) => placeInContainer(machine, word, program, context),
        );
      },
    );
}
