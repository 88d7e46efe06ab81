/**
 * `smolvm microvm run`: parses, calls the use case, renders.
 *
 * @module
 */
import { Command } from "commander";
import { runReference, type RunWish } from "../../actions/run_reference.ts";
import { sweepCache } from "../../engines/sweep_cache.ts";
import { parseImageName } from "../../image/model/image_name.ts";
import { debug } from "../../log.ts";
import { processHost } from "../context/process_host.ts";
import {
  addEngineOption,
  addHostnameOption,
  addMountOptions,
  addPortOption,
  addSizeOptions,
  type MountOptions,
  type PortOptions,
  readEngine,
  readHostname,
  readMounts,
  readPorts,
  readSize,
  type SizeOptions,
} from "../options/machine_options.ts";
import { addLabelOption } from "../options/label_options.ts";
import {
  addNetworkOptions,
  addProxyOption,
  type NetworkOptions,
  readNetwork,
} from "../options/network_options.ts";
import {
  addImageOptions,
  addSessionOptions,
  imageFlags,
  type ImageOptions,
  type SessionOptions,
  timeLimit,
} from "../options/program_options.ts";
import { detachedWish, type DetachOptions, runDetached } from "./run_detached.ts";
import { parsePorts } from "../../ports/parse.ts";
import { chosenPorts } from "../terminal/chosen_ports.ts";
import { engineNotice } from "../terminal/engine_notice.ts";
import { notice, warn } from "../terminal/output.ts";
import { PullProgress } from "../terminal/progress.ts";
import { SessionSignals } from "../terminal/session_signals.ts";
import { openTerminal } from "../terminal/session_terminal.ts";
import { processStreams } from "../terminal/streams.ts";

interface RunOptions
  extends
    SizeOptions,
    PortOptions,
    MountOptions,
    NetworkOptions,
    ImageOptions,
    SessionOptions,
    DetachOptions {
  readonly hostname?: string;
  readonly engine?: string;
}

/** The command. */
export function runCommand(act = run): Command {
  const command = new Command("run")
    .description("run a command in a container of an image, in a VM of its own")
    .argument("<image>", "image to run, for example alpine:latest")
    .argument("[command...]", "command and its arguments; the image's own when absent");
  addSizeOptions(command, "limit of the scratch disk");
  addSessionOptions(addImageOptions(command));
  addHostnameOption(command, "machine inside");
  addProxyOption(addNetworkOptions(command));
  addLabelOption(command, " of the machine that -d creates");
  return addEngineOption(addMountOptions(addPortOption(command)), " (default: auto, or SMOLVM_ENGINE)")
    .option("-d, --detach", "create a machine of it, start it in the background, and print its name")
    .option("--name <name>", "name of the machine that -d creates (default: run- and an id)")
    .option("--rm", "accepted: a run always leaves nothing behind")
    .passThroughOptions()
    .action(async (image: string, words: string[], options: RunOptions) => {
      const wish = readWish(image, words, options);
      const machine = detachedWish(wish, options);
      Deno.exitCode = machine ? await runDetached(machine) : await act(wish, options);
    });
}

/** Every value is read before anything is touched. */
function readWish(text: string, words: readonly string[], options: RunOptions): RunWish {
  return {
    image: { name: parseImageName(text), ...imageFlags(words, options) },
    ...readSize(options),
    ...readHostname(options),
    ...readPorts(options),
    ...readMounts(options),
    ...readEngine(options),
    ...readNetwork(options),
    timeoutMilliseconds: timeLimit(options),
  };
}

async function run(wish: RunWish, options: SessionOptions): Promise<number> {
  debug("command line read");
  using signals = new SessionSignals();
  using terminal = openTerminal(options, signals);
  using progress = new PullProgress(wish.image.name.text);
  const host = processHost();
  const outcome = await runReference(
    { ...wish, ...(terminal && { terminal: terminal.request }) },
    host,
    {
      streams: processStreams(options.interactive, signals.broken),
      signal: signals.signal,
      opened: (program) => signals.opened(terminal?.opened(program) ?? program),
      onProgress: progress.report,
      onImage: () => progress[Symbol.dispose](),
      onPorts: (ports) => chosenPorts(parsePorts(wish.ports ?? []), ports).forEach(warn),
      onNotice: warn,
      onEngine: (choice) => engineNotice(choice, notice),
    },
  );
  if (outcome.notice !== undefined) warn(outcome.notice);
  sweepCache(host.paths);
  return outcome.exitCode;
}
