/**
 * `smolvm microvm exec`: a command in the own root of a VM that stays.
 *
 * @module
 */
import { Command } from "commander";
import { SmolvmError } from "../error.ts";
import { debug } from "../log.ts";
import type { HostStream } from "../protocol/host_link.ts";
import type { ExecRequest } from "../protocol/messages.ts";
import { judgeEnd } from "../vm/outcome.ts";
import { joinSession } from "../vm/session_io.ts";
import { reachMachine } from "../vm/supervisor_client.ts";
import { usableMachine, withMachines } from "./machine_context.ts";
import { warn } from "./output.ts";
import { SignalForwarder } from "./signals.ts";
import { BROKEN_PIPE, canceled, INTERRUPTED, outputSink } from "./streams.ts";
import { collect, parseDuration } from "./values.ts";

interface ExecOptions {
  readonly name?: string;
  readonly env: readonly string[];
  readonly workdir?: string;
  readonly interactive?: boolean;
  readonly user?: string;
  readonly timeout?: string;
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
    .option("--timeout <duration>", "end the command after this long, with exit code 124")
    .passThroughOptions()
    .action(async (command: string[], options: ExecOptions) => {
      Deno.exitCode = await exec(command, options);
    });
}

async function exec(argv: readonly string[], options: ExecOptions): Promise<number> {
  const timeoutMilliseconds = options.timeout === undefined ? 0 : parseDuration("--timeout", options.timeout);
  const request: ExecRequest = {
    kind: "exec",
    argv: [...argv],
    env: variables(options.env),
    cwd: directory(options.workdir),
    user: options.user ?? "",
    stdin: options.interactive ?? false,
    timeoutMilliseconds,
  };
  const stopper = new AbortController();
  const opened: { stream?: HostStream } = {};
  const forward = (signal: number): void =>
    opened.stream ? opened.stream.send({ kind: "signal", signal }) : stopper.abort(canceled(128 + signal));
  using _signals = new SignalForwarder(forward, () => stopper.abort(canceled(INTERRUPTED)));
  const { spec, link } = await withMachines(async (context) => {
    const { spec } = await usableMachine(options.name, context);
    debug("machine found", { id: spec.id });
    return { spec, ...await reachMachine(spec, context.paths) };
  });
  using _link = link;
  debug("machine reached");
  stopper.signal.throwIfAborted();
  const stream = link.open(request);
  opened.stream = stream;
  const broken = (): void => stopper.abort(canceled(BROKEN_PIPE));
  const session = joinSession(stream, {
    ...(options.interactive && { stdin: Deno.stdin.readable }),
    stdout: outputSink(Deno.stdout, broken),
    stderr: outputSink(Deno.stderr, broken),
  });
  const end = await Promise.race([session, aborted(stopper.signal)]);
  debug("session over", { end });
  if (!end) {
    const { reason = "its session was cut off" } = await stream.ended;
    throw new SmolvmError("guest", { action: "run", subject: argv[0] ?? "", reason });
  }
  const outcome = judgeEnd(end, argv[0] ?? "", spec.memoryMiB);
  if (outcome.notice !== undefined) warn(outcome.notice);
  return outcome.exitCode;
}

function aborted(signal: AbortSignal): Promise<never> {
  const { promise, reject } = Promise.withResolvers<never>();
  signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  return promise;
}

function variables(words: readonly string[]): string[] {
  return words.flatMap((word) => {
    if (/^=|^$/.test(word)) {
      throw new SmolvmError("usage", {
        action: "set variable",
        subject: JSON.stringify(word),
        reason: "it has no name",
        remedy: "write NAME=VALUE, or NAME for the host's value",
      });
    }
    if (word.includes("=")) return [word];
    const value = Deno.env.get(word);
    return value === undefined ? [] : [`${word}=${value}`];
  });
}

function directory(path: string | undefined): string {
  if (path === undefined || path.startsWith("/")) return path ?? "";
  throw new SmolvmError("usage", {
    action: "use working directory",
    subject: path,
    reason: "it is not an absolute path",
    remedy: "begin it with a slash",
  });
}
