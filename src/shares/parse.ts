/**
 * Reads `-v SRC:DST[:ro]` and `--mount type=bind,src=SRC,dst=DST[,ro]` as Docker does. Pure.
 *
 * @module
 */
import { resolve } from "node:path";
import { SmolvmError } from "../error.ts";
import { checkShares, type Share } from "./share.ts";

/** Where a source that is not absolute begins. */
export interface Base {
  /** The working folder. */
  readonly folder: string;
  /** The user's home, for `~`; absent where there is none. */
  readonly home?: string | undefined;
}

/** Words of `-v` that change nothing here: for SELinux, for macOS, and how a bind is anyway. */
const NO_EFFECT = ["z", "Z", "cached", "delegated", "consistent", "private", "rprivate"];

const FORM = "write SRC:DST or SRC:DST:ro";

/**
 * Reads the words of both options.
 *
 * @throws {SmolvmError} kind `usage`
 */
export function parseShares(volumes: readonly string[], mounts: readonly string[], base: Base): Share[] {
  return checkShares([
    ...volumes.map((word) => parseVolume(word, base)),
    ...mounts.map((word) => parseMount(word, base)),
  ]);
}

function parseVolume(word: string, base: Base): Share {
  const refuse = (reason: string, remedy = FORM) => refusal("-v", word, reason, remedy);
  const parts = word.split(":");
  const [source = "", target, options = ""] = parts;
  if (parts.length > 3) throw refuse("it has more than two colons", "name such a folder with --mount");
  if (source === "") throw refuse("it names no folder of the host");
  if (target === undefined || target === "") throw refuse("it does not say where the folder is to be inside");
  const set = parts.length < 3 ? [] : options.split(",");
  for (const option of set) {
    if (option === "ro" || option === "rw" || NO_EFFECT.includes(option)) continue;
    throw refuse(`there is no option ${JSON.stringify(option)}`, "give ro, rw, or none");
  }
  if (set.includes("ro") && set.includes("rw")) throw refuse("it says ro and rw", "give one of them");
  return { source: sourcePath(source, base, refuse), target, readOnly: set.includes("ro") };
}

/** Keys of `--mount`, by the name that counts. */
const keys: Readonly<
  Record<string, "type" | "source" | "target" | "readonly" | "propagation" | "consistency">
> = {
  type: "type",
  src: "source",
  source: "source",
  dst: "target",
  destination: "target",
  target: "target",
  ro: "readonly",
  readonly: "readonly",
  "bind-propagation": "propagation",
  consistency: "consistency",
};

function parseMount(word: string, base: Base): Share {
  const refuse = (
    reason: string,
    remedy = "write type=bind,src=SRC,dst=DST, and ,ro where it is read-only",
  ) => refusal("--mount", word, reason, remedy);
  const fields = csvFields(word);
  if (!fields) throw refuse("a quotation mark is not closed");
  const found = new Map<string, string>();
  for (const field of fields) {
    const at = field.indexOf("=");
    const name = (at < 0 ? field : field.slice(0, at)).trim().toLowerCase();
    const key = Object.hasOwn(keys, name) ? keys[name] : undefined;
    if (key === undefined) throw refuse(`there is no key ${JSON.stringify(name)}`);
    if (at < 0 && key !== "readonly") throw refuse(`${name} has no value`);
    found.set(key, at < 0 ? "true" : field.slice(at + 1));
  }
  const type = found.get("type")?.toLowerCase() ?? "volume";
  if (type !== "bind") {
    throw refuse(
      type === "volume"
        ? "volumes with a name are not there yet"
        : `there is no type ${JSON.stringify(type)}`,
      "share a folder of the host with type=bind",
    );
  }
  const readOnly = found.get("readonly") ?? "false";
  if (!/^(true|false|1|0)$/i.test(readOnly)) throw refuse(`readonly cannot be ${JSON.stringify(readOnly)}`);
  const propagation = found.get("propagation") ?? "rprivate";
  if (!["private", "rprivate"].includes(propagation)) {
    throw refuse(
      `mounts of the host do not appear inside later, so there is no ${propagation}`,
      "leave it out",
    );
  }
  const [source, target] = [found.get("source"), found.get("target")];
  if (!source) throw refuse("it names no folder of the host");
  if (!target) throw refuse("it does not say where the folder is to be inside");
  return { source: sourcePath(source, base, refuse, true), target, readOnly: /^(true|1)$/i.test(readOnly) };
}

/**
 * The absolute path of a source. A word without a slash is Docker's volume of that name in `-v`, unless it begins
 * with a dot or is `~`.
 */
function sourcePath(
  source: string,
  { folder, home }: Base,
  refuse: (reason: string, remedy?: string) => SmolvmError,
  anyWord = false,
): string {
  if (!source.isWellFormed() || source.includes("\0")) {
    throw refuse("its name is not UTF-8", "share the folder above it");
  }
  if (source === "~" || source.startsWith("~/")) {
    if (!home) throw refuse("HOME is not set", "write the whole path");
    return resolve(home, source.slice(2));
  }
  if (!anyWord && !source.includes("/") && !source.startsWith(".")) {
    const remedy = `write ./${source}:… for a folder of the host`;
    throw refuse(`volumes with a name are not there yet, and ${source} would be one`, remedy);
  }
  return resolve(folder, source);
}

/** The fields of one line of CSV (RFC 4180), in which Docker's `--mount` is written; nothing when a quote is open. */
function csvFields(line: string): string[] | undefined {
  const fields = [""];
  let quoted = false;
  for (let at = 0; at < line.length; at++) {
    const [char = "", last] = [line[at], fields.length - 1];
    if (char === '"' && quoted && line[at + 1] === '"') {
      fields[last] += '"';
      at++;
    } else if (char === '"' && (quoted || fields[last] === "")) {
      quoted = !quoted;
    } else if (char === "," && !quoted) fields.push("");
    else fields[last] += char;
  }
  return quoted ? undefined : fields;
}

function refusal(option: string, word: string, reason: string, remedy: string): SmolvmError {
  return new SmolvmError("usage", { action: `use ${option}`, subject: JSON.stringify(word), reason, remedy });
}
