/**
 * Whether folders can be shared with VMs of the QEMU engine here, for `smolvm doctor`: which virtiofsd serves, and
 * whether it runs as it would for a VM.
 *
 * @module
 */
import { SmolvmError } from "../../error.ts";
import { type Bound, confinedCommand, programReach } from "../confine/confinement.ts";
import type { Finding } from "../finding.ts";
import { findVirtiofsd, type VirtiofsdSources } from "./file_servers.ts";

const name = "file server";

/** What is bound on trial, as a shared file is. */
const TRIAL: Bound = { name: "trial", path: "/etc/passwd", readOnly: true };

/**
 * Looks at the file server that would be taken, and runs it confined, with a file bound as a shared one is.
 *
 * @param confine path of the program that confines it; `undefined` where the system has no such thing
 */
export async function fileServerFinding(
  sources: VirtiofsdSources,
  confine: string | undefined,
): Promise<Finding> {
  if (confine === undefined) {
    return { name, grade: "missing", details: "with the qemu engine folders are shared on Linux only" };
  }
  let program: string;
  try {
    program = await findVirtiofsd(sources);
  } catch (error) {
    if (!(error instanceof SmolvmError)) throw error;
    const { subject, reason, remedy } = error;
    return { name, grade: "missing", details: `${subject}: ${reason}`, ...(remedy && { remedy }) };
  }
  const plain = await versionOf(program, confine, []);
  if (!plain.ok) return { name, grade: "missing", details: `${program} does not run: ${plain.words}` };
  const details = `${plain.words}, ${program}`;
  const bound = await versionOf(program, confine, [TRIAL]);
  if (bound.ok) return { name, grade: "ok", details };
  return {
    name,
    grade: "missing",
    details: `${details}; up to three folders can be shared, no more and no single files: ${bound.words}`,
    remedy: "let users have namespaces (sysctl kernel.apparmor_restrict_unprivileged_userns=0), or be root",
  };
}

/** What it says of itself, run as for a VM; the first line of its complaint where it does not run. */
async function versionOf(program: string, confine: string, bound: readonly Bound[]) {
  const words = { program, args: ["--version"], reach: programReach(program), bound };
  const command = confinedCommand(confine, Deno.pid, words);
  try {
    const { success, stdout, stderr } = await new Deno.Command(command.program, {
      args: [...command.args],
      cwd: "/",
      clearEnv: true,
    }).output();
    const [line = ""] = new TextDecoder().decode(success ? stdout : stderr).trim().split("\n");
    return { ok: success, words: line };
  } catch (error) {
    return { ok: false, words: (error as Error).message };
  }
}
