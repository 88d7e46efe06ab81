/**
 * Standard streams that lead nowhere: /dev/null for all three.
 *
 * @module
 */
import { Descriptor, OpenMode } from "../syscalls/descriptor.ts";
import type { StandardStreams } from "./spawn.ts";

/**
 * Opens them; disposing closes this process's copies, not the program's.
 *
 * @throws {SyscallError} when /dev/null cannot be opened
 */
export function nullStreams(): StandardStreams & Disposable {
  const nothing = Descriptor.open("/dev/null", OpenMode.readWrite);
  return {
    stdin: nothing,
    stdout: nothing,
    stderr: nothing,
    [Symbol.dispose]: () => nothing.close(),
  };
}
