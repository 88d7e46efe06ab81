/**
 * `smolvm container`: containers in machines.
 *
 * @module
 */
import { Command } from "commander";
import { addVerbs, type Verbs } from "../options/verbs.ts";

const verbs: Verbs = {
  create: async () => (await import("./create.ts")).containerCreate(),
  start: async () => (await import("./start.ts")).containerStart(),
  stop: async () => (await import("./stop.ts")).containerStop(),
  restart: async () => (await import("./restart.ts")).containerRestart(),
  kill: async () => (await import("./kill.ts")).containerKill(),
  exec: async () => (await import("./exec.ts")).containerExec(),
  logs: async () => (await import("./logs.ts")).containerLogs(),
  attach: async () => (await import("../machine/attach.ts")).containerAttach(),
  cp: async () => (await import("../machine/cp.ts")).containerCp(),
  ls: async () => (await import("./ls.ts")).containerLs(),
  inspect: async () => (await import("./inspect.ts")).containerInspect(),
  rm: async () => (await import("./rm.ts")).containerRm(),
};

/** The command. @param words what stands behind its name */
export function containerCommand(words?: readonly string[]): Promise<Command> {
  const command = new Command("container").description("run containers in machines")
    .enablePositionalOptions();
  return addVerbs(command, verbs, words);
}
