/**
 * Makes a program's standard streams of the kind that is asked for.
 *
 * @module
 */
import type { OpenStdio, Stdio } from "./stdio.ts";
import { openNull } from "./stdio_null.ts";
import { openPipes } from "./stdio_pipes.ts";
import { openTerminal } from "./stdio_terminal.ts";

/**
 * Makes standard streams.
 *
 * @throws {SyscallError} when descriptors are short
 */
export function openStdio(stdio: Stdio): OpenStdio {
  switch (stdio.kind) {
    case "pipes":
      return openPipes(stdio.stdin);
    case "terminal":
      return openTerminal(stdio.stdin);
    case "null":
      return openNull();
  }
}
