/**
 * Chooses the engine: hardware where it can work, emulation everywhere else, and says why.
 *
 * @module
 */
import { SmolvmError } from "../error.ts";
import type { Engine, EngineName } from "./engine.ts";

/** What was chosen. */
export interface Choice {
  readonly engine: Engine;
  /** Why a better engine was not taken; absent when the first one was. */
  readonly passedOver?: string;
}

/**
 * Chooses among engines in their order.
 *
 * @param wanted an engine's name, or `auto`
 * @param engines best first
 * @throws {SmolvmError} kind `engine` when the wanted one, or none at all, can run here
 */
export async function chooseEngine(wanted: EngineName | "auto", engines: readonly Engine[]): Promise<Choice> {
  const candidates = wanted === "auto" ? engines : engines.filter((engine) => engine.name === wanted);
  const refusals: { name: string; reason: string; remedy: string }[] = [];
  for (const engine of candidates) {
    const found = await engine.probe();
    if (found.usable) {
      const passedOver = refusals.map(({ name, reason }) => `${name}: ${reason}`).join("; ");
      return passedOver === "" ? { engine } : { engine, passedOver };
    }
    refusals.push({ name: engine.name, ...found });
  }
  if (refusals.length === 0) {
    throw new SmolvmError("engine", {
      action: "use engine",
      subject: wanted,
      reason: "this build does not have it",
      remedy: `use ${engines.map((engine) => engine.name).join(" or ")}`,
    });
  }
  throw new SmolvmError("engine", {
    action: "start a VM",
    reason: refusals.map(({ name, reason }) => `${name}: ${reason}`).join("; "),
    remedy: refusals.at(-1)?.remedy ?? "",
  });
}
