/**
 * The engines of this build, best first, and the choice among them.
 *
 * @module
 */
import { type Choice, chooseEngine } from "../engine/choose.ts";
import type { Engine, EngineName } from "../engine/engine.ts";
import { KrunEngine } from "../engine/krun/engine.ts";
import { QemuEngine } from "../engine/qemu/engine.ts";
import type { Payload } from "../payload/payload.ts";
import { SmolvmError } from "../error.ts";
import { KRUN_PROCESS } from "../internal_processes.ts";
import type { MachineSpec } from "../machines/spec.ts";
import { notice } from "../cli/terminal/output.ts";
import { parseChoice } from "../cli/options/values.ts";

/** Names `--engine` and SMOLVM_ENGINE take. */
export const engineNames = ["auto", "krun", "qemu"] as const;

/**
 * The engine that is wanted: the option, else SMOLVM_ENGINE, else `auto`.
 *
 * @throws {SmolvmError} kind `usage` when there is none of that name
 */
export function wantedEngine(option?: string): EngineName | "auto" {
  if (option !== undefined) return parseChoice("--engine", option, engineNames);
  return parseChoice("SMOLVM_ENGINE", Deno.env.get("SMOLVM_ENGINE") || "auto", engineNames);
}

/**
 * Has a machine that this command may start take the engine that an option names: its supervisor inherits it.
 *
 * @throws {SmolvmError} kind `usage` when the machine was created for another one
 */
export function startOn(option: string | undefined, { name, engine }: MachineSpec): void {
  if (option === undefined) return;
  const wanted = wantedEngine(option);
  if (wanted !== "auto" && engine !== "auto" && wanted !== engine) {
    throw new SmolvmError("usage", {
      action: "use --engine",
      subject: wanted,
      reason: `${name} was created for ${engine}`,
      remedy: "leave the option out, or create another machine",
    });
  }
  Deno.env.set("SMOLVM_ENGINE", wanted);
}

/** The engines, best first. */
export function engines(payload: Payload): Engine[] {
  const kernel = () => payload.path("vmlinux");
  const libraries = async () => {
    // No libkrun is carried for macOS: Homebrew has it.
    if (Deno.build.os !== "linux") return undefined;
    const [libkrun, ...before] = await Promise.all([
      payload.path("libkrun.so"),
      payload.path("libcap-ng.so"),
    ]);
    return { libkrun, before };
  };
  const confine = async () => Deno.build.os === "linux" ? await payload.path("confine") : undefined;
  return [
    new KrunEngine({ kernel, libraries, confine, vmm: [Deno.execPath(), KRUN_PROCESS] }),
    new QemuEngine({ kernel, confine }),
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
