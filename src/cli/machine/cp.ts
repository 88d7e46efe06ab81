/**
 * `smolvm microvm cp` and `smolvm container cp`.
 *
 * @module
 */
import { Command } from "commander";
import { copy, type CopyEnd, refuseUnlessOne } from "../../actions/copy.ts";
import { containerPlace, hostPlace, machinePlace } from "../../actions/copy_places.ts";
import type { MachineContext } from "../../actions/machine_context.ts";
import { type CopyWord, parseWord } from "../../copy/placing.ts";
import type { CopyPlace } from "../../copy/transfer.ts";
import { SmolvmError } from "../../error.ts";
import { standardInput } from "../../files/standard_input.ts";
import { withMachines } from "../context/machines.ts";
import { progress, warn } from "../terminal/output.ts";
import { SessionSignals } from "../terminal/session_signals.ts";
import { outputSink } from "../terminal/streams.ts";

/** A line of progress at most this often, in milliseconds. */
const INTERVAL = 100;

interface CpOptions {
  readonly archive?: boolean;
  readonly followLink?: boolean;
  readonly quiet?: boolean;
}

type GuestPlace = (name: string, context: MachineContext) => Promise<CopyPlace> | CopyPlace;

/** `microvm cp`. */
export function cpCommand(): Command {
  const command = new Command("cp")
    .description("copy files between this host and a machine, which is started if it does not run")
    .argument("<source>", "PATH, NAME:PATH, or - for a tar on stdin")
    .argument("<target>", "NAME:PATH, PATH, or - for a tar on stdout");
  return addCpOptions(command).action(async (source: string, target: string, options: CpOptions) => {
    const started = (name: string) => {
      if (!options.quiet) warn(`started the machine ${name}`);
    };
    await run([source, target], options, (name, context) => machinePlace(name, context, started));
  });
}

/** `container cp`. */
export function containerCp(): Command {
  const command = new Command("cp")
    .description("copy files between this host and a container that runs")
    .argument("<machine>", "which machine")
    .argument("<source>", "PATH, CONTAINER:PATH, or - for a tar on stdin")
    .argument("<target>", "CONTAINER:PATH, PATH, or - for a tar on stdout");
  return addCpOptions(command).action(
    async (machine: string, source: string, target: string, options: CpOptions) => {
      await run([source, target], options, (word, context) => containerPlace(machine, word, context));
    },
  );
}

function addCpOptions(command: Command): Command {
  return command
    .option("-a, --archive", "keep owners; times are kept in any case")
    .option("-L, --follow-link", "copy what the source leads to, where it is a link")
    .option("-q, --quiet", "show no progress");
}

async function run(words: [string, string], options: CpOptions, guest: GuestPlace): Promise<void> {
  const [source, target] = readWords(words);
  using signals = new SessionSignals();
  using _shown = { [Symbol.dispose]: () => progress("") };
  await withMachines(async (context) => {
    const end = async (word: string, parsed: CopyWord): Promise<CopyEnd> => {
      if (parsed.at === "stream") return { word, parsed };
      return {
        word,
        parsed,
        place: await (parsed.at === "host" ? hostPlace(context) : guest(parsed.name, context)),
      };
    };
    // The machine first: when there is none of that name, nothing else matters.
    const there = target.at === "guest" ? await end(words[1], target) : undefined;
    await copy(await end(words[0], source), there ?? await end(words[1], target), {
      archive: options.archive ?? false,
      follow: options.followLink ?? false,
      stdin: standardInput,
      stdout: outputSink(Deno.stdout, signals.broken),
      signal: signals.signal,
      ...(!options.quiet && { count: progressOf(words[1]) }),
    });
  });
}

/**
 * Reads the words of a copy.
 *
 * @throws {SmolvmError} kind `usage` unless exactly one of them is a machine's or container's
 */
export function readWords(words: readonly [string, string]): [CopyWord, CopyWord] {
  const source = parseWord(words[0]);
  const target = parseWord(words[1]);
  refuseUnlessOne(words, source, target);
  for (const { at, path = "" } of [source, target] as { at: string; path?: string }[]) {
    if (at === "host" && path === "") {
      throw new SmolvmError("usage", { action: "copy", reason: "a path is empty" });
    }
  }
  if (target.at === "stream" && Deno.stdout.isTerminal()) {
    throw new SmolvmError("usage", {
      action: "copy",
      subject: words[0],
      reason: "an archive is not for a terminal",
      remedy: "send it to a file or a pipe",
    });
  }
  return [source, target];
}

function progressOf(word: string): (bytes: number) => void {
  let last = -Infinity;
  return (bytes) => {
    const now = performance.now();
    if (now - last < INTERVAL) return;
    last = now;
    progress(`${word}: copied ${(bytes / 2 ** 20).toFixed(1)} MiB`);
  };
}
