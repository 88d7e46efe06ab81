/**
 * Finds out who a program runs as, from the files of the root it runs in.
 *
 * @module
 */
import { errnoName } from "../../src/ffi/errno.ts";
import { LaunchError } from "./prepared.ts";
import { SyscallError } from "../syscalls/libc.ts";
import { readInside } from "./inside.ts";
import { findUser, type ResolvedUser, UnknownUserError } from "./passwd.ts";
import { HostileFileError } from "./place.ts";
import { RememberedFiles } from "./remembered_file.ts";

export type { ResolvedUser };

const remembered = new RememberedFiles();

/**
 * Resolves `USER[:GROUP]` in a root.
 *
 * @throws {LaunchError} 125 when there is no such user or group, or the root's files are not to be trusted
 */
export function resolveUser(root: string, spec: string): ResolvedUser {
  try {
    return findUser(spec, read(root, "/etc/passwd"), read(root, "/etc/group"));
  } catch (error) {
    if (error instanceof UnknownUserError || error instanceof HostileFileError) {
      throw new LaunchError({ exitCode: 125, reason: error.message });
    }
    if (error instanceof SyscallError) {
      throw new LaunchError({ exitCode: 125, reason: `${error.call}: ${errnoName(error.errno)}` });
    }
    throw error;
  }
}

/** What runs where nobody names a program: the user's shell, `/bin/sh` for one who has none or may not log in. */
export function shellOf({ shell = "/bin/sh" }: ResolvedUser): string {
  return /\/(nologin|false)$/.test(shell) ? "/bin/sh" : shell;
}

/** Only the VM's own files are found by their paths; those of an image may be links to anywhere. */
function read(root: string, path: string): string {
  const inside = () => readInside(root, path);
  return (root === "/" ? remembered.read(path, inside) : inside()) ?? "";
}
