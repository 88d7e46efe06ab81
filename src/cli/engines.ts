/**
 * The engines of this build, best first, and the choice among them.
 *
 * @module
 */
import { type Choice, chooseEngine } from "../engine/choose.ts";
import type { Engine, EngineName } from "../engine/engine.ts";
import { KrunEngine } from "../engine/krun/engine.ts";
import { QemuEngine } from "../engine/qemu/engine.ts";
import type { Payload } from "../host/payload.ts";
import { notice } from "./output.ts";
import { parseChoice } from "./values.ts";

/** First argument of the binary when it is the krun engine's VMM process. */
export const KRUN_PROCESS = "_krun";

/** Names `--engine` and SMOLVM_ENGINE take. */
export const engineNames = ["auto", "krun", "qemu"] as const;

/**
 * The engine of a machine that names none: SMOLVM_ENGINE of whoever starts it, else `auto`.
 *
 * @throws {SmolvmError} kind `usage` when there is no such engine
 */
export function preferredEngine(): EngineName | "auto" {
  return parseChoice("SMOLVM_ENGINE", Deno.env.get("SMOLVM_ENGINE") || "auto", engineNames);
}

/** The engines, best first. */
export function engines(payload: Payload): Engine[] {
  const kernel = () => payload.path("vmlinux");
  const libraries = async () => {
    const [libkrun, ...before] = await Promise.all([
      payload.path("libkrun.so"),
      payload.path("libcap-ng.so"),
    ]);
    return { libkrun, before };
  };
  return [
    new KrunEngine({ kernel, libraries, vmm: [Deno.execPath(), KRUN_PROCESS] }),
    new QemuEngine({ kernel }),
  ];
}

/**
 * Chooses the engine and says on a terminal when a better one was passed over.
 *
 * @throws {SmolvmError} kind `engine` when none can run here
 */
export async function engineFor(wanted: EngineName | "auto", payload: Payload): Promise<Choice> {
  const choice = await chooseEngine(wanted, engines(payload));
  if (choice.passedOver !== undefined) {
    notice(`running under ${choice.engine.name}, software emulation (${choice.passedOver})`);
  }
  return choice;
}
