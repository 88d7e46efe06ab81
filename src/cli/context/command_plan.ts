/**
 * What a container of an image is to run, from the words of a command line.
 *
 * @module
 */
import { parseImageName } from "../../image/model/image_name.ts";
import { ImageStore } from "../../image/store/store.ts";
import { planProcess } from "../../session/process_plan.ts";
import { checkRequestSize } from "../../session/request_size.ts";
import type { MachineCommand } from "../../machines/spec.ts";
import type { MachineContext } from "./machines.ts";
import { PullProgress } from "../terminal/progress.ts";
import { signalNumber } from "../../session/signal_names.ts";
import { imageFlags, type ImageOptions } from "../options/program_options.ts";

/** A command whose image stays until this is disposed: when the record that refers to the image is written. */
export interface PlannedCommand extends Disposable {
  readonly command: MachineCommand;
}

/**
 * Finds the image, or pulls it, and plans its command.
 *
 * @throws {SmolvmError} when there is no such image, or nothing to run
 */
export async function planCommand(
  reference: string,
  command: readonly string[],
  options: ImageOptions,
  { paths, payload }: Pick<MachineContext, "paths" | "payload">,
): Promise<PlannedCommand> {
  const name = parseImageName(reference);
  const { process, policy } = imageFlags(command, options);
  using store = await ImageStore.open(paths, { payload });
  using progress = new PullProgress(reference);
  using resources = new DisposableStack();
  const obtained = resources.use(
    await store.obtain(name, { policy, keep: true, onProgress: progress.report }),
  );
  const { image } = obtained;
  const plan = planProcess(image.config, process, (name) => Deno.env.get(name));
  checkRequestSize({ ...plan, volumes: image.config.volumes });
  const planned = {
    image: reference,
    imageId: image.id,
    argv: [...plan.argv],
    env: [...plan.env],
    cwd: plan.cwd,
    user: plan.user,
    volumes: [...image.config.volumes],
    stopSignal: signalNumber(image.config.stopSignal),
  };
  const held = resources.move();
  return { command: planned, [Symbol.dispose]: () => held.dispose() };
}
