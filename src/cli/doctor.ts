/**
 * `smolvm doctor`: says whether a VM can run here, and why not.
 *
 * @module
 */
import { Command } from "commander";
import type { DoctorOptions } from "./doctor_report.ts";
import { addEngineOption } from "./options/machine_options.ts";

/** The command. */
export function doctorCommand(): Command {
  const command = new Command("doctor")
    .description("say whether a VM can run here, on which engine, and what is missing")
    .option("--boot", "boot a VM, too");
  return addEngineOption(command, " (default: auto, or SMOLVM_ENGINE)")
    .option("--json", "as JSON")
    .action(async (options: DoctorOptions) => {
      const { examine } = await import("./doctor_report.ts");
      Deno.exitCode = await examine(options);
    });
}
