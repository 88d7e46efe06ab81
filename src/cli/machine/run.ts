/**
 * `smolvm microvm run`: parses, calls the use case, renders.
 *
 * @module
 */
import { Command } from "commander";
import { runOnce } from "../../actions/run_image.ts";
import { wantedEngine } from "../../engines/wanted.ts";
import { parseImageName } from "../../image/model/image_name.ts";
import { ImageStore } from "../../image/store/store.ts";
import { debug } from "../../log.ts";
import { engineFor } from "../context/choose_engine.ts";
import { processHost } from "../context/process_host.ts";
import {
  addEngineOption,
  addHostnameOption,
  addSizeOptions,
  readHostname,
  readSize,
  type SizeOptions,
} from "../options/machine_options.ts";
import {
  addImageOptions,
  addSessionOptions,
  imageFlags,
  type ImageOptions,
  type SessionOptions,
  timeLimit,
} from "../options/program_options.ts";
import { warn } from "../terminal/output.ts";
import { PullProgress } from "../terminal/progress.ts";
import { SessionSignals } from "../terminal/session_signals.ts";
import { outputSink } from "../terminal/streams.ts";

interface RunOptions extends SizeOptions, ImageOptions, SessionOptions {
  readonly hostname?: string;
  readonly init?: boolean;
  readonly engine?: string;
}

/** The command. */
export function runCommand(): Command {
  const command = new Command("run")
    .description("run a command in a container of an image, in a VM of its own")
    .argument("<image>", "image to run, for example alpine:latest")
    .argument("[command...]", "command and its arguments; the image's own when absent");
  addSizeOptions(command, "limit of the scratch disk");
  addSessionOptions(addImageOptions(command));
  addHostnameOption(command, "machine inside");
  return addEngineOption(command, " (default: auto, or SMOLVM_ENGINE)")
    .option("--init", "run a small init that reaps and passes signals on")
    .passThroughOptions()
    .action(async (image: string, words: string[], options: RunOptions) => {
      Deno.exitCode = await run(image, words, options);
    });
}

async function run(reference: string, words: readonly string[], options: RunOptions): Promise<number> {
  const host = processHost();
  const name = parseImageName(reference);
  const engine = wantedEngine(options.engine, host.environment);
  const size = readSize(options);
  const timeoutMilliseconds = timeLimit(options);
  const { process, policy } = imageFlags(words, options);
  const hostname = readHostname(options);
  debug("command line read");
  const { paths, payload } = host;
  using signals = new SessionSignals();
  const { signal } = signals;
  using progress = new PullProgress(reference);
  const [choice, store] = await Promise.all([
    engineFor(engine, host),
    ImageStore.open(paths, { payload }),
  ]);
  using opened = store;
  using obtained = await opened.obtain(name, { policy, signal, onProgress: progress.report });
  const { image } = obtained;
  progress[Symbol.dispose]();
  debug("image ready", { image: image.id });
  const request = {
    image,
    process,
    ...size,
    ...hostname,
    timeoutMilliseconds,
    init: options.init ?? false,
  };
  const outcome = await runOnce(request, {
    paths,
    payload,
    choice,
    streams: {
      ...(options.interactive && { stdin: Deno.stdin.readable }),
      stdout: outputSink(Deno.stdout, signals.broken),
      stderr: outputSink(Deno.stderr, signals.broken),
    },
    hostEnv: (name) => Deno.env.get(name),
    signal,
    opened: signals.opened,
  });
  if (outcome.notice !== undefined) warn(outcome.notice);
  return outcome.exitCode;
}
