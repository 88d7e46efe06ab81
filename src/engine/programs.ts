/**
 * Programs of the host that engines start: where they are, and under what restrictions they run.
 *
 * @module
 */

/** A program's path, looked up in PATH. */
export function findProgram(name: string): string | undefined {
  const folders = (Deno.env.get("PATH") ?? "").split(":").filter((folder) => folder !== "");
  return folders.map((folder) => `${folder}/${name}`).find((path) => {
    try {
      const { isFile, mode } = Deno.statSync(path);
      return isFile && ((mode ?? 0) & 0o111) !== 0;
    } catch {
      return false;
    }
  });
}

/** A command line that runs another one with no way to gain rights, ending with whoever started it. */
export interface Bound {
  readonly program: string;
  readonly args: readonly string[];
  /** Whether the kernel ends it with its parent (prctl(2), PR_SET_PDEATHSIG). */
  readonly endsWithParent: boolean;
}

/**
 * Binds a command line by setpriv(1) of util-linux. Where it is absent the command line is unchanged: that
 * is so on macOS.
 */
export function bindToParent(
  program: string,
  args: readonly string[],
  setpriv = findProgram("setpriv"),
): Bound {
  if (setpriv === undefined) return { program, args, endsWithParent: false };
  const limits = ["--no-new-privs", "--pdeathsig", "KILL"];
  return { program: setpriv, args: [...limits, program, ...args], endsWithParent: true };
}
