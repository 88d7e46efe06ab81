/**
 * Reads `--tmpfs PATH[:OPTIONS]` (moby, volume/mounts and mount.MergeTmpfsOptions). Pure.
 *
 * @module
 */
import { posix } from "node:path";
import { SmolvmError } from "../../error.ts";

/** A filesystem in memory. */
export interface Tmpfs {
  /** Absolute, normal: without `..`, and without a slash at its end. */
  readonly path: string;
  readonly options: string[];
}

/** Options that are words; the guest has them as flags of mount(2). */
const flags = [
  ...["ro", "rw", "exec", "noexec", "suid", "nosuid", "dev", "nodev", "sync", "async", "dirsync"],
  ...["atime", "noatime", "diratime", "nodiratime", "relatime", "strictatime", "defaults"],
];

/** Docker's words that Linux has by itself, or has no longer. */
const passedOver = ["norelatime", "nostrictatime", "mand", "nomand"];

/** Options with a value, by their name (tmpfs(5)): a size may be a part of the memory. */
const values: Readonly<Record<string, RegExp>> = {
  size: /^\d+([kmgt]?|%)$/i,
  nr_blocks: /^\d+[kmgt]?$/i,
  nr_inodes: /^\d+[kmgt]?$/i,
  mode: /^0*[0-7]{1,4}$/,
  uid: /^\d+$/,
  gid: /^\d+$/,
};

/**
 * Reads one.
 *
 * @throws {SmolvmError} kind `usage`
 */
export function readTmpfs(word: string): Tmpfs {
  const at = word.indexOf(":");
  const [place, text] = at < 0 ? [word, ""] : [word.slice(0, at), word.slice(at + 1)];
  if (!place.startsWith("/")) throw refusal(word, "its path is not absolute", "write it like /tmp:size=64m");
  const path = posix.resolve(place);
  if (path === "/" || path === "/proc" || path.startsWith("/proc/")) {
    throw refusal(word, `nothing can be mounted at ${path}`, "choose another path");
  }
  const options = text.split(",").filter((option) => option !== "" && !passedOver.includes(option));
  for (const option of options) checkOption(word, option);
  return { path, options };
}

function checkOption(word: string, option: string): void {
  if (flags.includes(option)) return;
  const [name = "", value = ""] = option.split("=", 2);
  const pattern = Object.hasOwn(values, name) ? values[name] : undefined;
  if (pattern?.test(value)) return;
  const reason = pattern ? `${name} cannot be ${JSON.stringify(value)}` : `there is no option ${option}`;
  throw refusal(word, reason, "give size=64m, mode=1777, uid=N, gid=N, ro, exec, suid or dev");
}

function refusal(word: string, reason: string, remedy: string): SmolvmError {
  return new SmolvmError("usage", { action: "use --tmpfs", subject: JSON.stringify(word), reason, remedy });
}
