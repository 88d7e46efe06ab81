/**
 * `smolvm microvm run`: parses, calls the use case, renders.
 *
 * @module
 */
import { Command } from "commander";
import { processPaths } from "../../host/paths.ts";
import { openPayload } from "../../payload/payload.ts";
import { ImageStore } from "../../image/store/store.ts";
import { debug } from "../../log.ts";
import type { ClientStream } from "../../wire/client_link.ts";
import { runOnce } from "../../actions/run_image.ts";
import { engineFor, wantedEngine } from "../../engines/available.ts";
import { pullProgress } from "../terminal/progress.ts";
import { checkHostname, diskSize, hostMemoryMiB } from "../options/limits.ts";
import { SignalForwarder } from "../terminal/signals.ts";
import { BROKEN_PIPE, canceled, INTERRUPTED, outputSink } from "../terminal/streams.ts";
import { collect, parseChoice, parseCount, parseDuration } from "../options/values.ts";
import { warn } from "../terminal/output.ts";

interface RunOptions {
  readonly cpus: string;
  readonly mem: string;
  readonly disk: string;
  readonly env: readonly string[];
  readonly workdir?: string;
  readonly timeout?: string;
  readonly interactive?: boolean;
  readonly user?: string;
  readonly entrypoint?: string;
  readonly hostname?: string;
  readonly init?: boolean;
  readonly pull: string;
  readonly engine?: string;
}

/** The command. */
export function runCommand(): Command {
  return new Command("run")
    .description("run a command in a container of an image, in a VM of its own")
    .argument("<image>", "image to run, for example alpine:latest")
    .argument("[command...]", "command and its arguments; the image's own when absent")
    .option("--cpus <n>", "virtual CPUs", "1")
    .option("--mem <MiB>", "memory of the VM", "512")
    .option("--disk <size>", "limit of the scratch disk", "20G")
    .option("-e, --env <K=V|K>", "set a variable, or copy the host's", collect, [])
    .option("-w, --workdir <dir>", "working directory inside")
    .option("--timeout <duration>", "end the command after this long, with exit code 124")
    .option("-i, --interactive", "pass stdin to the command")
    .option("--user <user[:group]>", "run as this user, by name or number")
    .option("--entrypoint <program>", "replace the image's entrypoint; empty for none")
    .option("--hostname <name>", "name of the machine inside")
    .option("--init", "run a small init that reaps and passes signals on")
    .option("--pull <when>", "missing, always or never", "missing")
    .option("--engine <name>", "auto, krun or qemu (default: auto, or SMOLVM_ENGINE)")
    .passThroughOptions()
    .action(async (image: string, command: string[], options: RunOptions) => {
      Deno.exitCode = await run(image, command, options);
    });
}

async function run(reference: string, command: readonly string[], options: RunOptions): Promise<number> {
  const engine = wantedEngine(options.engine);
  const limits = {
    cpus: parseCount("--cpus", options.cpus, { min: 1, max: Math.max(navigator.hardwareConcurrency, 1) }),
    memoryMiB: parseCount("--mem", options.mem, { min: 128, max: hostMemoryMiB(), unit: "MiB" }),
    diskBytes: diskSize(options.disk),
    timeoutMilliseconds: options.timeout === undefined ? 0 : parseDuration("--timeout", options.timeout),
  };
  const policy = parseChoice("--pull", options.pull, ["missing", "always", "never"]);
  const hostname = options.hostname === undefined ? {} : { hostname: checkHostname(options.hostname) };
  debug("command line read");
  const paths = processPaths();
  const payload = openPayload(paths);
  const stopper = new AbortController();
  let stream: ClientStream | undefined;
  // Before there is a command to pass a signal to, the first one ends the run.
  const forward = (signal: number): void =>
    stream ? stream.send({ kind: "signal", signal }) : stopper.abort(canceled(128 + signal));
  using _signals = new SignalForwarder(forward, () => stopper.abort(canceled(INTERRUPTED)));
  const [choice, store] = await Promise.all([
    engineFor(engine, payload),
    ImageStore.open(paths, { payload }),
  ]);
  using opened = store;
  const image = await opened.pull(reference, {
    policy,
    signal: stopper.signal,
    onProgress: pullProgress(reference),
  });
  using _lease = await opened.lease(image, { signal: stopper.signal });
  debug("image ready", { image: image.id });
  const brokenPipe = (): void => stopper.abort(canceled(BROKEN_PIPE));
  const outcome = await runOnce({
    image,
    process: {
      command,
      env: options.env,
      ...(options.entrypoint !== undefined && { entrypoint: options.entrypoint }),
      ...(options.workdir !== undefined && { cwd: options.workdir }),
      ...(options.user !== undefined && { user: options.user }),
    },
    ...limits,
    ...hostname,
    init: options.init ?? false,
  }, {
    paths,
    payload,
    choice,
    streams: {
      ...(options.interactive && { stdin: Deno.stdin.readable }),
      stdout: outputSink(Deno.stdout, brokenPipe),
      stderr: outputSink(Deno.stderr, brokenPipe),
    },
    hostEnv: (name) => Deno.env.get(name),
    signal: stopper.signal,
    opened: (one) => stream = one,
  });
  if (outcome.notice !== undefined) warn(outcome.notice);
  return outcome.exitCode;
}
