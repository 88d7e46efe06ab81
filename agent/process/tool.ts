/**
 * Runs a program of the guest's own root to its end, without input: busybox, e2fsck, resize2fs.
 *
 * @module
 */
import { Descriptor, OpenMode } from "../syscalls/descriptor.ts";
import { nullStreams } from "./null_streams.ts";
import { launch } from "./spawn.ts";

/** Stands for the exit code of a tool that was killed or could not be started, as in a shell. */
const NOT_RUN = 126;

/**
 * Runs a tool.
 *
 * @param argv absolute path of the program, and its arguments
 * @param output where its output goes; default: nowhere
 * @returns its exit code; 126 when it was killed or could not be started
 * @throws {SyscallError} when `output` cannot be opened or the launcher cannot be started
 */
export async function runTool(argv: readonly string[], output?: string): Promise<number> {
  using streams = nullStreams();
  using opened = output === undefined ? undefined : Descriptor.open(output, OpenMode.write);
  const [stdout, stderr] = [opened ?? streams.stdout, opened ?? streams.stderr];
  const launched = await launch([{ op: "exec", argv, env: [] }], { stdin: streams.stdin, stdout, stderr });
  return launched.ok ? (await launched.exit).code ?? NOT_RUN : NOT_RUN;
}
