/**
 * What the QEMU engine finds on a host, for `smolvm doctor`: QEMU's place and version.
 *
 * @module
 */
import type { Finding } from "../finding.ts";

/** The first QEMU whose microvm machine knows `acpi=off`; 7.2 is the oldest that is tested. */
const OLDEST_QEMU = [5, 2] as const;

const name = "qemu";

/** @param program path of QEMU's program; `undefined` when it is not installed */
export async function qemu(program: string | undefined): Promise<Finding> {
  if (program === undefined) {
    return { name, grade: "missing", details: "not installed; only needed where the processor runs no VMs" };
  }
  try {
    const { stdout } = await new Deno.Command(program, { args: ["--version"], cwd: "/", stderr: "null" })
      .output();
    return judgeQemu(program, new TextDecoder().decode(stdout));
  } catch (error) {
    return { name, grade: "missing", details: `${program} does not run (${(error as Error).message})` };
  }
}

/** Judges what `--version` says. Pure. */
export function judgeQemu(program: string, text: string): Finding {
  const [, version, major, minor] = /version ((\d+)\.(\d+)[\w.]*)/.exec(text) ?? [];
  if (version === undefined) return { name, grade: "missing", details: `${program}, of an unknown version` };
  const [oldestMajor, oldestMinor] = OLDEST_QEMU;
  const late = Number(major) > oldestMajor || (Number(major) === oldestMajor && Number(minor) >= oldestMinor);
  const details = `${version}, ${program}`;
  if (late) return { name, grade: "ok", details };
  const remedy = `install ${OLDEST_QEMU.join(".")} or later`;
  return { name, grade: "missing", details: `${details} is too old`, remedy };
}
