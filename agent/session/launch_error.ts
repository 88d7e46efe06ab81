/**
 * Says why a program could not be started: the exit code and the words for a launch that failed. Pure.
 *
 * @module
 */
import { errnoName } from "../../src/ffi/errno.ts";
import type { Launched } from "../process/spawn.ts";
import { LaunchError } from "../program/prepared.ts";

const EPERM = 1;
const ENOENT = 2;
const E2BIG = 7;
const ENOEXEC = 8;
const EACCES = 13;
const ENOTDIR = 20;
const EISDIR = 21;

/**
 * The error of a launch that failed. Exit codes of a program that cannot be executed: 127 not found, 126 not
 * executable (POSIX, exec).
 *
 * @param launched what the launcher told
 * @param name argv[0]
 */
export function launchError(launched: Launched & { ok: false }, name: string): LaunchError {
  const { errno, step, op } = launched;
  const failure = (exitCode: number, reason: string) =>
    new LaunchError({ exitCode, reason, subject: name, step });
  // Only a program that joins a container opens or enters anything (container/join.ts).
  if (op === "open" || op === "setns") return failure(125, "the container ended before the program started");
  if (op === "exec") {
    return failure(errno === ENOENT || errno === ENOTDIR ? 127 : 126, execReason(errno, name));
  }
  // Root may raise every limit, but open files only up to fs.nr_open (setrlimit(2)).
  if (op === "rlimit" && errno === EPERM) {
    return failure(125, `${step} is above what this VM's kernel allows`);
  }
  if (errno === 0) return failure(125, "the launcher ended before the program started");
  return failure(op === "chdir" ? 126 : 125, `${step}: ${errnoName(errno)}`);
}

function execReason(errno: number, name: string): string {
  const reasons: Record<number, string> = {
    [ENOENT]: name.includes("/") ? "no such file or directory" : "not found in PATH",
    [EACCES]: "permission denied",
    [EPERM]: "permission denied",
    [EISDIR]: "is a directory",
    [ENOEXEC]: "exec format error",
    [E2BIG]: "argument list too long",
  };
  return reasons[errno] ?? errnoName(errno);
}
