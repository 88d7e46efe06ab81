/**
 * The whole command line, and how it ends.
 *
 * @module
 */
import { Command, CommanderError, Help, type Option } from "commander";
import {
  COMPLETION_PROCESS,
  KRUN_PROCESS,
  NATIVE_END_PROCESS,
  SUPERVISOR_PROCESS,
} from "../internal_processes.ts";
import { processHost } from "./context/process_host.ts";
import { warnOfRosetta } from "./context/rosetta.ts";
import { warn, writeLine } from "./terminal/output.ts";
import { renderError } from "./terminal/render_error.ts";
import { BROKEN_PIPE } from "./terminal/streams.ts";
import { writeBytes } from "./terminal/write_bytes.ts";
import { addVerbs, type Verbs } from "./options/verbs.ts";
import { VERSION } from "../version.ts";
import { dockerOption } from "./options/docker_options.ts";
import { helpTopic, longForm, SHORT_FORMS, shortForms } from "./short_forms.ts";

/** smolvm could not do what was asked, and no command ran. */
const FAILED = 125;

const microvmVerbs: Verbs = {
  run: async () => (await import("./machine/run.ts")).runCommand(),
  exec: async () => (await import("./machine/exec.ts")).execCommand(),
  create: async () => (await import("./machine/create.ts")).createCommand(),
  start: async () => (await import("./machine/start.ts")).startCommand(),
  stop: async () => (await import("./machine/stop.ts")).stopCommand(),
  restart: async () => (await import("./machine/restart.ts")).restartCommand(),
  kill: async () => (await import("./machine/kill.ts")).killCommand(),
  update: async () => (await import("./machine/update.ts")).updateCommand(),
  delete: async () => (await import("./machine/delete.ts")).deleteCommand(),
  status: async () => (await import("./machine/status.ts")).statusCommand(),
  inspect: async () => (await import("./machine/inspect.ts")).inspectCommand(),
  ls: async () => (await import("./machine/ls.ts")).listCommand(),
  logs: async () => (await import("./machine/logs.ts")).logsCommand(),
  "net-log": async () => (await import("./machine/net_log.ts")).netLogCommand(),
  "network-test": async () => (await import("./machine/network_test_command.ts")).networkTestCommand(),
  attach: async () => (await import("./machine/attach.ts")).attachCommand(),
  cp: async () => (await import("./machine/cp.ts")).cpCommand(),
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
  container: async (words) => (await import("./container/container.ts")).containerCommand(words),
  image: async (words) => (await import("./image/image.ts")).imageCommand(words),
  volume: async (words) => (await import("./volume/volume.ts")).volumeCommand(words),
  doctor: async () => (await import("./doctor.ts")).doctorCommand(),
  completion: async () => (await import("./completion/completion.ts")).completionCommand(),
  version: async () => (await import("./version.ts")).versionCommand(),
  self: async (words) => (await import("./self/self.ts")).selfCommand(words),
};

/** Builds the commands that a command line needs. Nothing is opened, and nothing but their own modules is read. */
export function program(args: readonly string[]): Promise<Command> {
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
    if (args[0] === KRUN_PROCESS) {
      const { runVmm } = await import("../engine/krun/vmm.ts");
      return await runVmm(args[1] ?? "");
    }
    if (args[0] === SUPERVISOR_PROCESS) {
      const { supervise } = await import("./supervise.ts");
      return await supervise(args.slice(1));
    }
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
    const root = await program(topic ?? words);
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
