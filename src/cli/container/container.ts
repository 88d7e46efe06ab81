/**
 * `smolvm container`: containers in machines.
 *
 * @module
 */
import { Command } from "commander";
import { containerCp } from "../machine/cp.ts";
import { containerCreate } from "./create.ts";
import { containerExec } from "./exec.ts";
import { containerInspect } from "./inspect.ts";
import { containerAttach } from "../machine/attach.ts";
import { containerKill } from "./kill.ts";
import { containerLogs } from "./logs.ts";
import { containerLs } from "./ls.ts";
import { containerRestart } from "./restart.ts";
import { containerRm } from "./rm.ts";
import { containerStart } from "./start.ts";
import { containerStop } from "./stop.ts";
import { addVerbs, type Verbs } from "../options/verbs.ts";

const verbs: Verbs = {
  create: () => containerCreate(),
  start: containerStart,
  stop: containerStop,
  restart: containerRestart,
  kill: containerKill,
  exec: () => containerExec(),
  logs: containerLogs,
  attach: containerAttach,
  cp: containerCp,
  ls: containerLs,
  inspect: containerInspect,
  rm: containerRm,
};

/** The command. @param words what stands behind its name */
export function containerCommand(words?: readonly string[]): Command {
  const command = new Command("container").description("run containers in machines")
    .enablePositionalOptions();
  return addVerbs(command, verbs, words);
}
