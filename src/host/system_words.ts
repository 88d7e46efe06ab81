/**
 * What the operating system says of a file or a disk, in words for people. Pure.
 *
 * @module
 */
import { SmolvmError } from "../error.ts";

const REASONS: Readonly<Record<string, string>> = {
  EACCES: "permission is denied",
  EPERM: "permission is denied",
  ENOENT: "there is no such file or folder",
  ENOTDIR: "a part of the path is no folder",
  ENOSPC: "no space is left on the disk",
  EDQUOT: "the disk quota of this user is used up",
  EFBIG: "the file would be larger than the file system allows",
  EROFS: "the file system is read-only",
  EIO: "the disk reports an error",
  EMFILE: "too many files are open",
};

const FULL = ["ENOSPC", "EDQUOT"];

/**
 * An error of the system as one of smolvm; any other error stays as it is. A full disk or a forbidden folder
 * is no defect, wherever on the way it was met.
 */
export function explainSystem(
  error: unknown,
  { action, subject }: { action: string; subject: string },
): unknown {
  const words = error instanceof SmolvmError ? undefined : systemWords(error);
  return words ? new SmolvmError("state", { action, subject, ...words, cause: error }) : error;
}

/** Why a call of the system failed, and what helps. */
export interface SystemWords {
  readonly reason: string;
  readonly remedy?: string;
}

/** Why something failed: the system's words where there are some, else the error's own. */
export function causeWords(error: unknown): SystemWords {
  return systemWords(error) ?? { reason: (error as Error).message };
}

/** The words for an error of the system; `undefined` for any other error. */
export function systemWords(error: unknown): SystemWords | undefined {
  if (!(error instanceof Error && "code" in error && typeof error.code === "string")) return undefined;
  const { code } = error;
  if (!/^E[A-Z0-9]+$/.test(code)) return undefined;
  // Deno: "WORDS (os error N): open '…'"; node: "CODE: words, open '…'".
  const own = error.message.replace(/^E[A-Z0-9]+: /, "").replace(/ \(os error \d+\).*$/s, "");
  return {
    reason: REASONS[code] ?? own,
    ...(FULL.includes(code) && { remedy: "free some, or set SMOLVM_HOME to a folder on another disk" }),
  };
}
