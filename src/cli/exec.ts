/**
 * `smolvm microvm exec`: a command in the own root of a VM that stays.
 *
 * @module
 */
import { Command } from "commander";
import { debug } from "../log.ts";
import { reachMachine } from "../vm/supervisor_client.ts";
import { type ExecOptions, programRequest, runSession } from "./exec_session.ts";
import { usableMachine, withMachines } from "./machine_context.ts";
import { collect } from "./values.ts";

/** The command. */
export function execCommand(): Command {
  return new Command("exec")
    .description("run a command in a VM that stays, starting it if needed")
    .argument("<command...>", "command and its arguments")
    .option("--name <machine>", "which machine (default: default, made when it is first used)")
    .option("-e, --env <K=V|K>", "set a variable, or copy the host's", collect, [])
    .option("-w, --workdir <dir>", "working directory inside")
    .option("-i, --interactive", "pass stdin to the command")
    .option("--user <user[:group]>", "run as this user, by name or number")
    .option("--timeout <duration>", "end the command after this long, with exit code 124")
    .passThroughOptions()
    .action(async (command: string[], options: ExecOptions & { name?: string }) => {
      Deno.exitCode = await exec(command, options);
    });
}

function exec(argv: readonly string[], options: ExecOptions & { name?: string }): Promise<number> {
  const program = programRequest(argv, options);
  return runSession(
    argv[0] ?? "",
    options.interactive ?? false,
    async () =>
      await withMachines(async (context) => {
        const { spec } = await usableMachine(options.name, context);
        debug("machine found", { id: spec.id });
        const link = await reachMachine(spec, context.paths);
        return { link, memoryMiB: spec.memoryMiB, request: { kind: "exec", ...program } };
      }),
  );
}
