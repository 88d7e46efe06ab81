/**
 * What a machine or a container of a machine is to run: an image's command, planned by Docker's rules, with the
 * image kept for it.
 *
 * @module
 */
import type { Image } from "../image/model/image.ts";
import type { ImageName } from "../image/model/image_name.ts";
import type { Progress } from "../image/model/candidate.ts";
import type { PullPolicy } from "../image/store/store.ts";
import type { ContainerOptions, MachineCommand } from "../machines/spec.ts";
import type { Host } from "../payload/host.ts";
import { planProcess, type ProcessFlags } from "../session/process_plan.ts";
import { checkRequestSize } from "../session/request_size.ts";
import { signalNumber } from "../session/signal_names.ts";
import { openImages } from "./open_images.ts";

/** An image, and what of its command is replaced. */
export interface ImageWish {
  readonly name: ImageName;
  readonly process: ProcessFlags;
  readonly policy?: PullPolicy;
  /** The command takes what attached clients type; else its stdin is /dev/null. */
  readonly interactive?: boolean;
  /** The command has a terminal. */
  readonly tty?: boolean;
  /** Whether its registry may be spoken to by plain http. */
  readonly insecure?: boolean;
  /** What its container has otherwise than Docker's defaults. */
  readonly options?: ContainerOptions;
}

/** How the image is got. */
export interface PlanOptions {
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: Progress) => void;
}

/** A planned command. The image cannot be removed until it is disposed: a record needs it by then. */
export interface PlannedCommand extends Disposable {
  readonly command: MachineCommand;
}

/**
 * Finds the image, or pulls it, and plans its command.
 *
 * @throws {SmolvmError} when there is no such image, or nothing to run
 */
export async function planCommand(
  { name, process, policy = "missing", insecure, interactive = false, tty = false, options: container }:
    ImageWish,
  host: Host,
  options: PlanOptions = {},
): Promise<PlannedCommand> {
  using store = await openImages(host);
  using resources = new DisposableStack();
  const { image } = resources.use(await store.obtain(name, { ...options, policy, insecure, keep: true }));
  const command = {
    ...commandOf(image, name.text, process, host),
    interactive,
    tty,
    ...(container && { options: container }),
  };
  const held = resources.move();
  return { command, [Symbol.dispose]: () => held.dispose() };
}

/** Plans the command of an image, but its streams. @param text what the user called it @throws {SmolvmError} kind `usage` */
export function commandOf(
  image: Pick<Image, "id" | "config">,
  text: string,
  process: ProcessFlags,
  { environment }: Pick<Host, "environment">,
): Omit<MachineCommand, "interactive" | "tty"> {
  const { config } = image;
  const plan = planProcess(config, process, (name) => environment[name]);
  checkRequestSize({ ...plan, volumes: config.volumes });
  return {
    image: text,
    imageId: image.id,
    argv: [...plan.argv],
    env: [...plan.env],
    cwd: plan.cwd,
    user: plan.user,
    volumes: [...config.volumes],
    stopSignal: signalNumber(process.stopSignal ?? config.stopSignal),
  };
}
