/**
 * `smolvm container start`, `stop` and `rm`.
 *
 * @module
 */
import { Command } from "commander";
import { SmolvmError } from "../../error.ts";
import { removeContainer } from "../../actions/containers.ts";
import { judgeEnd } from "../../session/outcome.ts";
import { ask } from "../../client/ask.ts";
import { connectSupervisor, type SupervisorLink } from "../../client/connect.ts";
import { reachMachine } from "../../client/reach.ts";
import type { SupervisorRequest } from "../../supervisor_protocol/messages.ts";
import { namedMachine, withMachines } from "../context/machines.ts";
import { writeLine } from "../terminal/output.ts";
import { parseDuration } from "../options/values.ts";

/** How long a start may take, in milliseconds: the image may have to be carried into the VM first. */
const START_MILLISECONDS = 600_000;

/** How long a stop may take beyond the patience with the container, in milliseconds. */
const STOP_GRACE_MILLISECONDS = 30_000;

/** `start`: starts the machine too, if it does not run. */
export function containerStart(): Command {
  return new Command("start")
    .description("start containers in the background, and their machine if it does not run")
    .argument("<machine>", "which machine")
    .argument("<container...>", "names or ids")
    .action(async (name: string, words: string[]) => {
      await withMachines(async (context) => {
        const { spec } = namedMachine(name, context);
        const found = words.map((word) => context.records.containers.find(spec, word));
        using link = await reachMachine(spec, context);
        for (const { spec: container } of found) {
          const words = {
            action: "start the container",
            subject: container.name ?? container.id,
            program: container.command.argv[0] ?? "",
          };
          await request(
            link,
            { kind: "start-container", container: container.id },
            words,
            START_MILLISECONDS,
          );
          writeLine(container.name ?? container.id);
        }
      });
    });
}

/** `stop`. */
export function containerStop(): Command {
  return new Command("stop")
    .description("stop containers: stop signal, patience, then SIGKILL")
    .argument("<machine>", "which machine")
    .argument("<container...>", "names or ids")
    .option("-t, --time <seconds>", "what a container is given before it is killed", "10")
    .action(async (name: string, words: string[], options: { time: string }) => {
      const timeoutMilliseconds = parseDuration("--time", options.time);
      await withMachines(async (context) => {
        const { spec } = namedMachine(name, context);
        const found = words.map((word) => context.records.containers.find(spec, word));
        using link = await connectSupervisor(spec, context.paths);
        for (const { spec: container } of found) {
          if (link) {
            const words = {
              action: "stop the container",
              subject: container.name ?? container.id,
              program: "",
            };
            const message = {
              kind: "stop-container",
              container: container.id,
              timeoutMilliseconds,
            } as const;
            await request(link, message, words, timeoutMilliseconds + STOP_GRACE_MILLISECONDS);
          }
          writeLine(container.name ?? container.id);
        }
      });
    });
}

/** `rm`. */
export function containerRm(): Command {
  return new Command("rm")
    .alias("delete")
    .description("remove containers with all they hold")
    .argument("<machine>", "which machine")
    .argument("<container...>", "names or ids")
    .option("-f, --force", "kill those that run")
    .action(async (name: string, words: string[], { force }: { force?: boolean }) => {
      await withMachines(async (context) => {
        const { spec } = namedMachine(name, context);
        for (const word of words) {
          const { spec: container } = context.records.containers.find(spec, word);
          await removeContainer(spec, container.id, { ...context, force: force ?? false });
          writeLine(container.name ?? container.id);
        }
      });
    });
}

/** Asks the supervisor and waits for the answer. */
async function request(
  link: SupervisorLink,
  message: SupervisorRequest,
  words: { action: string; subject: string; program: string },
  milliseconds: number,
): Promise<void> {
  const { action, subject, program } = words;
  const begun = performance.now();
  const event = await ask(link, message, milliseconds, { action, subject });
  if (event?.kind === "done") return;
  if (event) return void judgeEnd(event, program, 0);
  const late = performance.now() - begun >= milliseconds;
  throw new SmolvmError("guest", {
    action,
    subject,
    reason: late ? `its machine did not answer within ${milliseconds / 1000} s` : "its machine went away",
    remedy: "see smolvm microvm status, and smolvm microvm logs --console",
  });
}
