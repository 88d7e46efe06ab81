/**
 * The engines of this build, best first, and the choice among them.
 *
 * @module
 */
import { type Choice, chooseEngine } from "../engine/choose.ts";
import type { EngineName } from "../engine/engine.ts";
import { QemuEngine } from "../engine/qemu/engine.ts";
import type { Payload } from "../host/payload.ts";
import { notice } from "./output.ts";

/** Names `--engine` and SMOLVM_ENGINE take. */
export const engineNames = ["auto", "krun", "qemu"] as const;

/**
 * Chooses the engine and says on a terminal when a better one was passed over.
 *
 * @throws {SmolvmError} kind `engine` when none can run here
 */
export async function engineFor(wanted: EngineName | "auto", payload: Payload): Promise<Choice> {
  const choice = await chooseEngine(wanted, [new QemuEngine({ kernel: () => payload.path("vmlinux") })]);
  if (choice.passedOver !== undefined) {
    notice(`running under ${choice.engine.name}, software emulation (${choice.passedOver})`);
  }
  return choice;
}
