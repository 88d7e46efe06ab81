/**
 * How much a program may be told: its words and variables go to the guest in one frame. Pure.
 *
 * @module
 */
import { SmolvmError } from "../error.ts";
import { MAX_PAYLOAD_BYTES } from "../wire/frames.ts";
import { encodeJson } from "../wire/json.ts";

/** Room for what else a request says, in bytes. */
const REST_BYTES = 1_024;

/** Most variables of a program (src/guest_protocol/messages.ts). */
const MAX_WORDS = 4_096;

/** What grows with what the user says. */
export interface ProgramWords {
  readonly argv: readonly string[];
  readonly env: readonly string[];
  readonly cwd: string;
  readonly user: string;
  readonly volumes?: readonly string[];
}

/**
 * Judges whether a program's words fit, before anything is begun.
 *
 * @throws {SmolvmError} kind `usage`
 */
export function checkRequestSize({ argv, env, cwd, user, volumes = [] }: ProgramWords): void {
  const bytes = encodeJson([argv, env, cwd, user, volumes]).length;
  const limit = MAX_PAYLOAD_BYTES - REST_BYTES;
  if (bytes <= limit && env.length <= MAX_WORDS) return;
  const subject = argv[0]?.slice(0, 100) ?? "";
  const reason = bytes > limit
    ? `its arguments and variables take ${bytes} bytes, and at most ${limit} can be passed`
    : `it has ${env.length} variables, and at most ${MAX_WORDS} can be passed`;
  throw new SmolvmError("usage", {
    action: "run",
    subject,
    reason,
    remedy: "pass them in a file or on stdin",
  });
}
