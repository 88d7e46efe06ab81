/**
 * `smolvm container ls`.
 *
 * @module
 */
import { Command } from "commander";
import { listContainers } from "../../actions/containers.ts";
import { columns, humanAge } from "../terminal/table.ts";
import { namedMachine, withMachines } from "../context/machines.ts";
import { writeJson, writeLine } from "../terminal/output.ts";

/** The command. */
export function containerLs(): Command {
  return new Command("ls")
    .alias("list")
    .description("list the containers of a machine that run")
    .argument("[machine]", "which one (default: default)")
    .option("-a, --all", "those that do not run, too")
    .option("-q, --quiet", "ids only")
    .option("--json", "as JSON")
    .action(async (name: string | undefined, options: { all?: boolean; quiet?: boolean; json?: boolean }) => {
      await withMachines((context) => {
        const all = listContainers(namedMachine(name, context).spec, context);
        const shown = all.filter(({ state }) => options.all || state.state === "running");
        if (options.json) writeJson(shown.map(({ spec, state }) => ({ ...spec, ...state })));
        else if (options.quiet) { for (const { spec } of shown) writeLine(spec.id); }
        else for (const line of table(shown)) writeLine(line);
        return Promise.resolve();
      });
    });
}

function table(containers: ReturnType<typeof listContainers>): string[] {
  const rows = containers.map(({ spec, state }) => [
    spec.id,
    spec.name ?? "-",
    stateWord(state),
    spec.command.image,
    spec.command.argv.join(" ").slice(0, 30),
    humanAge(spec.created, Date.now()),
  ]);
  return columns([["ID", "NAME", "STATE", "IMAGE", "COMMAND", "CREATED"], ...rows]);
}

function stateWord(state: ReturnType<typeof listContainers>[number]["state"]): string {
  if (state.state !== "stopped") return state.state;
  const why = state.reason ?? `exit code ${state.exitCode}`;
  return `stopped (${why})`;
}
