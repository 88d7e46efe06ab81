/**
 * `smolvm doctor`: says whether a VM can run here, and why not.
 *
 * @module
 */
import { Command } from "commander";
import { SmolvmError } from "../error.ts";
import type { Checkup } from "../doctor/checkup.ts";
import type { Trial } from "../doctor/trial_boot.ts";
import type { WantedEngine } from "../engines/wanted.ts";
import { processHost } from "./context/process_host.ts";
import { addEngineOption } from "./options/machine_options.ts";
import { engineNotice } from "./terminal/engine_notice.ts";
import { notice, writeJson, writeLine } from "./terminal/output.ts";
import type { Host } from "../payload/host.ts";

interface DoctorOptions {
  readonly boot?: boolean;
  readonly json?: boolean;
  readonly engine?: string;
}

/** The command. */
export function doctorCommand(): Command {
  const command = new Command("doctor")
    .description("say whether a VM can run here, on which engine, and what is missing")
    .option("--boot", "boot a VM, too");
  return addEngineOption(command, " (default: auto, or SMOLVM_ENGINE)")
    .option("--json", "as JSON")
    .action(async (options: DoctorOptions) => {
      Deno.exitCode = await examine(options);
    });
}

async function examine({ boot, json, engine }: DoctorOptions): Promise<number> {
  const [{ checkUp }, { engines }, { wantedEngine }] = await Promise.all([
    import("../doctor/checkup.ts"),
    import("../engines/available.ts"),
    import("../engines/wanted.ts"),
  ]);
  const host = processHost();
  const wanted = wantedEngine(engine, host.environment);
  const checkup = await checkUp({ ...host, engines: engines(host), wanted });
  const trial = boot && checkup.engine !== undefined ? await tryBoot(wanted, host) : undefined;
  const healthy = checkup.engine !== undefined && trial?.error === undefined;
  if (json) writeJson({ ...checkup, ...(trial && { boot: trial }), healthy });
  else for (const line of render(checkup)) writeLine(line);
  if (!json && trial) {
    writeLine(
      trial.error === undefined
        ? `boot: a VM answered after ${(trial.milliseconds / 1000).toFixed(1)} s`
        : `boot: failed: ${trial.error}`,
    );
  }
  return healthy ? 0 : 1;
}

async function tryBoot(wanted: WantedEngine, host: Host): Promise<Trial> {
  const [{ trialBoot }, { chooseEngine }, { engines }] = await Promise.all([
    import("../doctor/trial_boot.ts"),
    import("../engine/choose.ts"),
    import("../engines/available.ts"),
  ]);
  try {
    const choice = await chooseEngine(wanted, engines(host));
    engineNotice(choice, notice);
    return await trialBoot({ ...host, choice });
  } catch (error) {
    if (!(error instanceof SmolvmError)) throw error;
    return { milliseconds: 0, error: error.reason };
  }
}

/** A line for each finding, its remedy below it, and the verdict. Pure. */
export function render({ findings, engine, emulates, why }: Checkup): string[] {
  const marks = { ok: "ok", missing: "--", bad: "!!" } as const;
  const lines = findings.flatMap(({ name, grade, details, remedy }) => [
    `${marks[grade]}  ${name.padEnd(16)}${details}`,
    ...(remedy === undefined ? [] : [`${" ".repeat(20)}→ ${remedy}`]),
  ]);
  const verdict = engine === undefined
    ? `No VM can run here: ${why}`
    : `VMs run on ${engine}${emulates ? ", software emulation" : ""}: ${why}`;
  return [...lines, verdict];
}
