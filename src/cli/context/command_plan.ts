/**
 * What a container of an image is to run, from the words of a command line.
 *
 * @module
 */
import { ImageStore } from "../../image/store/store.ts";
import { planProcess } from "../../session/process_plan.ts";
import { checkRequestSize } from "../../session/request_size.ts";
import type { MachineCommand } from "../../machines/spec.ts";
import type { MachineContext } from "./machines.ts";
import { pullProgress } from "../terminal/progress.ts";
import { signalNumber } from "../../session/signal_names.ts";
import { parseChoice } from "../options/values.ts";

/** Options that say how the image's command runs. */
export interface CommandOptions {
  readonly env: readonly string[];
  readonly workdir?: string;
  readonly user?: string;
  readonly entrypoint?: string;
  readonly pull: string;
}

/**
 * Finds the image, or pulls it, and plans its command.
 *
 * @throws {SmolvmError} when there is no such image, or nothing to run
 */
export async function planCommand(
  reference: string,
  command: readonly string[],
  options: CommandOptions,
  { paths, payload }: MachineContext,
): Promise<MachineCommand> {
  const policy = parseChoice("--pull", options.pull, ["missing", "always", "never"]);
  using store = await ImageStore.open(paths, { payload });
  const image = await store.pull(reference, { policy, onProgress: pullProgress(reference) });
  const flags = {
    command,
    env: options.env,
    ...(options.entrypoint !== undefined && { entrypoint: options.entrypoint }),
    ...(options.workdir !== undefined && { cwd: options.workdir }),
    ...(options.user !== undefined && { user: options.user }),
  };
  const plan = planProcess(image.config, flags, (name) => Deno.env.get(name));
  checkRequestSize({ ...plan, volumes: image.config.volumes });
  await store.keep(image);
  return {
    image: reference,
    imageId: image.id,
    argv: [...plan.argv],
    env: [...plan.env],
    cwd: plan.cwd,
    user: plan.user,
    volumes: [...image.config.volumes],
    stopSignal: signalNumber(image.config.stopSignal),
  };
}
