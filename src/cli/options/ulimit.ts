/**
 * Reads `--ulimit NAME=SOFT[:HARD]` (docker/go-units, ulimit.go). Pure.
 *
 * @module
 */
import { SmolvmError } from "../../error.ts";

/** A limit of processes; -1: unlimited. */
export interface Ulimit {
  readonly name: string;
  readonly soft: number;
  readonly hard: number;
}

/** Docker's names; it has none for RLIMIT_AS. */
const names = [
  ...["core", "cpu", "data", "fsize", "locks", "memlock", "msgqueue", "nice", "nofile", "nproc", "rss"],
  ...["rtprio", "rttime", "sigpending", "stack"],
];

/**
 * Reads one.
 *
 * @throws {SmolvmError} kind `usage`
 */
export function readUlimit(word: string): Ulimit {
  const at = word.indexOf("=");
  const name = word.slice(0, at);
  if (at < 0) throw refusal(word, "it has no value");
  if (!names.includes(name)) throw refusal(word, "there is no such limit", `give one of ${names.join(", ")}`);
  const [first = "", second = first, ...more] = word.slice(at + 1).split(":");
  if (more.length > 0) throw refusal(word, "it has more than two values");
  const [soft, hard] = [readLimit(word, first), readLimit(word, second)];
  if (hard >= 0 && (soft < 0 || soft > hard)) {
    throw refusal(word, "its soft limit is above its hard limit", "give soft:hard");
  }
  return { name, soft, hard };
}

function readLimit(word: string, text: string): number {
  const limit = Number(text);
  if (/^(-1|\d+)$/.test(text) && Number.isSafeInteger(limit)) return limit;
  throw refusal(word, `${JSON.stringify(text)} is no limit`, "give whole numbers; -1 is unlimited");
}

function refusal(word: string, reason: string, remedy = "write it like nofile=1024:4096"): SmolvmError {
  return new SmolvmError("usage", { action: "use --ulimit", subject: JSON.stringify(word), reason, remedy });
}
