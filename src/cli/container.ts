/**
 * `smolvm container`: containers in VMs that stay.
 *
 * @module
 */
import { Command } from "commander";
import { containerCreate } from "./container_create.ts";
import { containerExec } from "./container_exec.ts";
import { containerLogs } from "./container_logs.ts";
import { containerLs } from "./container_ls.ts";
import { containerRm, containerStart, containerStop } from "./container_state.ts";

/** The command. */
export function containerCommand(): Command {
  return new Command("container")
    .description("run containers in VMs that stay")
    .enablePositionalOptions()
    .addCommand(containerCreate())
    .addCommand(containerStart())
    .addCommand(containerStop())
    .addCommand(containerExec())
    .addCommand(containerLogs())
    .addCommand(containerLs())
    .addCommand(containerRm());
}
