/**
 * Which engine is wanted: what an option says, else what the environment says. Pure.
 *
 * @module
 */
import type { EngineName } from "../engine/engine.ts";
import { SmolvmError } from "../error.ts";

/** Names that `--engine` and SMOLVM_ENGINE take. */
export const engineNames = ["auto", "krun", "qemu"] as const;

/** An engine, or the best that can run here. */
export type WantedEngine = EngineName | "auto";

/**
 * The engine that is wanted: the option, else SMOLVM_ENGINE, else `auto`.
 *
 * @param option value of `--engine`; `undefined` when it was not given
 * @throws {SmolvmError} kind `usage` when there is none of that name
 */
export function wantedEngine(
  option: string | undefined,
  environment: Readonly<Record<string, string>>,
): WantedEngine {
  if (option !== undefined) return judge("--engine", option);
  return judge("SMOLVM_ENGINE", environment.SMOLVM_ENGINE || "auto");
}

function judge(source: string, name: string): WantedEngine {
  const found = engineNames.find((one) => one === name);
  if (found !== undefined) return found;
  throw new SmolvmError("usage", {
    action: `use ${source}`,
    subject: JSON.stringify(name),
    reason: "there is no such choice",
    remedy: `give one of ${engineNames.join(", ")}`,
  });
}
