/**
 * `smolvm microvm exec`: a command in the own root of a VM that stays.
 *
 * @module
 */
import { Command } from "commander";
import { debug } from "../../log.ts";
import { reachMachine } from "../../client/supervisor_client.ts";
import { startOn } from "../../engines/available.ts";
import { type ExecOptions, programRequest, runSession } from "../context/exec_session.ts";
import { usableMachine, withMachines } from "../context/machines.ts";
import { collect } from "../options/values.ts";

interface MachineOptions extends ExecOptions {
  readonly name?: string;
  readonly engine?: string;
}

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
    .option(
      "--engine <name>",
      "auto, krun or qemu, if it has to be started (default: its own, or SMOLVM_ENGINE)",
    )
    .option("--timeout <duration>", "end the command after this long, with exit code 124")
    .passThroughOptions()
    .action(async (command: string[], options: MachineOptions) => {
      Deno.exitCode = await exec(command, options);
    });
}

function exec(argv: readonly string[], options: MachineOptions): Promise<number> {
  const program = programRequest(argv, options);
  return runSession(
    argv[0] ?? "",
    options.interactive ?? false,
    async () =>
      await withMachines(async (context) => {
        const { spec } = await usableMachine(options.name, context);
        debug("machine found", { id: spec.id });
        startOn(options.engine, spec);
        const link = await reachMachine(spec, context.paths);
        return { link, memoryMiB: spec.memoryMiB, request: { kind: "exec", ...program } };
      }),
  );
}
