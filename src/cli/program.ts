/**
 * The whole command line, and how it ends.
 *
 * @module
 */
import { Command, CommanderError, Help, type Option } from "commander";
import { runVmm } from "../engine/krun/vmm.ts";
import {
  COMPLETION_PROCESS,
  KRUN_PROCESS,
  NATIVE_END_PROCESS,
  SUPERVISOR_PROCESS,
} from "../internal_processes.ts";
import { attachCommand } from "./machine/attach.ts";
import { completionCommand } from "./completion/completion.ts";
import { containerCommand } from "./container/container.ts";
import { cpCommand } from "./machine/cp.ts";
import { createCommand } from "./machine/create.ts";
import { deleteCommand } from "./machine/delete.ts";
import { doctorCommand } from "./doctor.ts";
import { execCommand } from "./machine/exec.ts";
import { imageCommand } from "./image/image.ts";
import { inspectCommand } from "./machine/inspect.ts";
import { killCommand } from "./machine/kill.ts";
import { logsCommand } from "./machine/logs.ts";
import { netLogCommand } from "./machine/net_log.ts";
import { networkTestCommand } from "./machine/network_test_command.ts";
import { processHost } from "./context/process_host.ts";
import { warnOfRosetta } from "./context/rosetta.ts";
import { warn, writeLine } from "./terminal/output.ts";
import { renderError } from "./terminal/render_error.ts";
import { restartCommand } from "./machine/restart.ts";
import { runCommand } from "./machine/run.ts";
import { selfCommand } from "./self/self.ts";
import { startCommand } from "./machine/start.ts";
import { listCommand } from "./machine/ls.ts";
import { statusCommand } from "./machine/status.ts";
import { stopCommand } from "./machine/stop.ts";
import { BROKEN_PIPE } from "./terminal/streams.ts";
import { writeBytes } from "./terminal/write_bytes.ts";
import { supervise } from "./supervise.ts";
import { addVerbs, type Verbs } from "./options/verbs.ts";
import { VERSION } from "../version.ts";
import { dockerOption } from "./options/docker_options.ts";
import { helpTopic, longForm, SHORT_FORMS, shortForms } from "./short_forms.ts";
import { updateCommand } from "./machine/update.ts";
import { versionCommand } from "./version.ts";
import { volumeCommand } from "./volume/volume.ts";

/** smolvm could not do what was asked, and no command ran. */
const FAILED = 125;

const microvmVerbs: Verbs = {
  run: () => runCommand(),
  exec: () => execCommand(),
  create: () => createCommand(),
  start: startCommand,
  stop: stopCommand,
  restart: restartCommand,
  kill: killCommand,
  update: () => updateCommand(),
  delete: deleteCommand,
  status: statusCommand,
  inspect: inspectCommand,
  ls: listCommand,
  logs: logsCommand,
  "net-log": netLogCommand,
  "network-test": networkTestCommand,
  attach: attachCommand,
  cp: cpCommand,
};

const verbs: Verbs = {
  microvm: (words) =>
    addVerbs(
      new Command("microvm").alias("vm").description(
        "run commands in a VM of their own, and in machines, which are kept",
      ).enablePositionalOptions(),
      microvmVerbs,
      words,
    ),
  container: containerCommand,
  image: imageCommand,
  volume: volumeCommand,
  doctor: doctorCommand,
  completion: completionCommand,
  version: versionCommand,
  self: selfCommand,
};

/** Builds the commands that a command line needs. Nothing is opened and nothing is read. */
export function program(args: readonly string[]): Command {
  const root = new Command("smolvm")
    .description("Runs OCI images in VMs of their own, on this host.")
    .version(`smolvm ${VERSION}`, "-V, --version", "say the version of smolvm")
    .addHelpText("after", SHORT_FORMS)
    .enablePositionalOptions();
  return addVerbs(root, verbs, args, { vm: "microvm" });
}

/**
 * Runs a command line to its end.
 *
 * @returns the exit code
 */
export async function main(args: readonly string[]): Promise<number> {
  try {
    if (args[0] === KRUN_PROCESS) return await runVmm(args[1] ?? "");
    if (args[0] === SUPERVISOR_PROCESS) return await supervise(args.slice(1));
    if (args[0] === NATIVE_END_PROCESS) {
      const { tellNativeEnd } = await import("./native_end.ts");
      return await tellNativeEnd(args[1] ?? "");
    }
    if (args[0] === COMPLETION_PROCESS) {
      const { answer } = await import("./completion/answer.ts");
      const line = { build: program, longForm, helpTopic, shortForms };
      (await answer(line, args.slice(1), processHost)).forEach(writeLine);
      return 0;
    }
    warnOfRosetta();
    const words = longForm(args);
    const topic = helpTopic(words);
    const root = program(topic ?? words);
    configure(root);
    const helped = topic && commandOf(root, topic);
    if (helped) helped.outputHelp();
    else await root.parseAsync([...topic ?? words], { from: "user" });
    return Deno.exitCode;
  } catch (error) {
    // Whoever read the output has enough of it, as `head` does.
    if (error instanceof Deno.errors.BrokenPipe) return BROKEN_PIPE;
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : FAILED;
    const { text, exitCode } = renderError(error);
    if (!isSilent(error)) warn(text);
    return exitCode;
  }
}

/** The command of these words; one without commands of its own ends the search. */
function commandOf(root: Command, words: readonly string[]): Command | undefined {
  let command: Command | undefined = root;
  for (const word of words) {
    if (command.commands.length === 0) return command;
    command = command.commands.find((one) => [one.name(), ...one.aliases()].includes(word));
    if (!command) return undefined;
  }
  return command;
}

/** Errors of the command line are one line, and 125 like every failure of our own. */
function configure(command: Command): void {
  command.exitOverride().showHelpAfterError(false).configureOutput({
    writeOut: (text) => writeBytes(Deno.stdout, new TextEncoder().encode(text)),
    outputError: (text) => {
      const line = text.trim().replace(/^error: /, "").replaceAll(/\s+/g, " ");
      const [, option = ""] = /^unknown option '(.*?)'/.exec(line) ?? [];
      const instead = dockerOption(option);
      const said = instead === undefined ? line : `cannot use ${option}: ${instead}`;
      warn(`${said}; see smolvm ${path(command)}--help`);
    },
  });
  command.configureHelp({ optionDescription });
  for (const child of command.commands) configure(child);
}

/** What the help says of an option; that a list of words begins empty says nothing to anybody. */
function optionDescription(option: Option): string {
  return new Help().optionDescription(option).replace(/ \(default: \[\]\)$/, "");
}

function path(command: Command): string {
  const names = [];
  for (let one: Command | null = command; one?.parent; one = one.parent) names.unshift(`${one.name()} `);
  return names.join("");
}

/** Whoever interrupted a run, or stopped reading it, knows why it ended. */
function isSilent(error: unknown): boolean {
  return typeof error === "object" && error !== null && "kind" in error && error.kind === "canceled";
}
