/**
 * What `smolvm doctor` does; loaded when it is run, because the help lists it too.
 *
 * @module
 */
import { SmolvmError } from "../error.ts";
import { type Checkup, checkUp } from "../doctor/checkup.ts";
import { type Trial, trialBoot } from "../doctor/trial_boot.ts";
import { chooseEngine } from "../engine/choose.ts";
import { engines } from "../engines/available.ts";
import { type WantedEngine, wantedEngine } from "../engines/wanted.ts";
import { processHost } from "./context/process_host.ts";
import { engineNotice } from "./terminal/engine_notice.ts";
import { notice, writeJson, writeLine } from "./terminal/output.ts";
import type { Host } from "../payload/host.ts";

/** Its options. */
export interface DoctorOptions {
  readonly boot?: boolean;
  readonly json?: boolean;
  readonly engine?: string;
}

/** Looks, and says what was found. @returns the exit code: 1 where no VM runs */
export async function examine({ boot, json, engine }: DoctorOptions): Promise<number> {
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
