/**
 * Chooses the engine for a command, and says on a terminal when a better one cannot run here.
 *
 * @module
 */
import { type Choice, chooseEngine } from "../../engine/choose.ts";
import { engines } from "../../engines/available.ts";
import type { WantedEngine } from "../../engines/wanted.ts";
import type { Host } from "../../payload/host.ts";
import { notice } from "../terminal/output.ts";

/** @throws {SmolvmError} kind `engine` when none can run here */
export async function engineFor(wanted: WantedEngine, host: Host): Promise<Choice> {
  const choice = await chooseEngine(wanted, engines(host));
  const { engine, passedOver } = choice;
  if (passedOver !== undefined) {
    notice(`running under ${engine.name}${engine.emulates ? ", software emulation" : ""} (${passedOver})`);
  }
  return choice;
}
