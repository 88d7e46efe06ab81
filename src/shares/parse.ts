/**
 * Reads `-v SRC:DST[:ro]` and `--mount type=bind|volume,src=SRC,dst=DST[,ro]` as Docker does. Pure.
 *
 * @module
 */
import { resolve } from "node:path";
import { SmolvmError } from "../error.ts";
import { checkVolumeName } from "../volumes/name.ts";
import type { VolumeUse } from "../volumes/use.ts";
import { checkMounts, type Mounts } from "./mounts.ts";
import type { Share } from "./share.ts";

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

/** What one word means. */
type Mount =
  | { readonly kind: "share"; readonly share: Share }
  | { readonly kind: "volume"; readonly use: VolumeUse }
  | { readonly kind: "anonymous"; readonly target: string };

/**
 * Reads the words of both options.
 *
 * @throws {SmolvmError} kind `usage`
 */
export function parseMounts(volumes: readonly string[], mounts: readonly string[], base: Base): Mounts {
  const all = [
    ...volumes.map((word) => parseVolume(word, base)),
    ...mounts.map((word) => parseMount(word, base)),
  ];
  return checkMounts({
    shares: all.flatMap((one) => one.kind === "share" ? [one.share] : []),
    volumes: all.flatMap((one) => one.kind === "volume" ? [one.use] : []),
    anonymous: all.flatMap((one) => one.kind === "anonymous" ? [one.target] : []),
  });
}

function parseVolume(word: string, base: Base): Mount {
  const refuse = (reason: string, remedy = FORM) => refusal("-v", word, reason, remedy);
  const parts = word.split(":");
  const [source = "", target, options = ""] = parts;
  if (parts.length > 3) throw refuse("it has more than two colons", "name such a folder with --mount");
  // Docker's volume without a name: a path of the container alone.
  if (target === undefined && source.startsWith("/")) return { kind: "anonymous", target: source };
  if (source === "") throw refuse("it names neither a folder of the host nor a volume");
  if (target === undefined || target === "") throw refuse("it does not say where that is to be inside");
  const named = isVolumeName(source);
  const set = parts.length < 3 ? [] : options.split(",");
  for (const option of set) {
    if (option === "ro" || option === "rw" || NO_EFFECT.includes(option)) continue;
    if (option === "nocopy" && named) continue;
    throw refuse(`there is no option ${JSON.stringify(option)}`, "give ro, rw, or none");
  }
  if (set.includes("ro") && set.includes("rw")) throw refuse("it says ro and rw", "give one of them");
  const readOnly = set.includes("ro");
  if (!named) return { kind: "share", share: { source: sourcePath(source, base, refuse), target, readOnly } };
  return {
    kind: "volume",
    use: { name: checkVolumeName(source), target, readOnly, copy: !set.includes("nocopy") },
  };
}

/** A word without a slash is Docker's volume of that name, unless it begins with a dot or is `~`. */
function isVolumeName(source: string): boolean {
  return !source.includes("/") && !source.startsWith(".") && source !== "~";
}

/** Keys of `--mount`, by the name that counts. */
const keys: Readonly<
  Record<
    string,
    "type" | "source" | "target" | "readonly" | "propagation" | "consistency" | "nocopy" | "driver"
  >
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
  "volume-nocopy": "nocopy",
  "volume-driver": "driver",
};

/** Keys that may stand without a value. */
const bare = ["readonly", "nocopy"];

function parseMount(word: string, base: Base): Mount {
  const refuse = (
    reason: string,
    remedy = "write type=bind,src=SRC,dst=DST or type=volume,src=NAME,dst=DST, and ,ro where it is read-only",
  ) => refusal("--mount", word, reason, remedy);
  const fields = csvFields(word);
  if (!fields) throw refuse("a quotation mark is not closed");
  const found = new Map<string, string>();
  for (const field of fields) {
    const at = field.indexOf("=");
    const name = (at < 0 ? field : field.slice(0, at)).trim().toLowerCase();
    const key = Object.hasOwn(keys, name) ? keys[name] : undefined;
    if (key === undefined) throw refuse(`there is no key ${JSON.stringify(name)}`);
    if (at < 0 && !bare.includes(key)) throw refuse(`${name} has no value`);
    found.set(key, at < 0 ? "true" : field.slice(at + 1));
  }
  const flag = (key: "readonly" | "nocopy"): boolean => {
    const value = found.get(key) ?? "false";
    if (!/^(true|false|1|0)$/i.test(value)) throw refuse(`${key} cannot be ${JSON.stringify(value)}`);
    return /^(true|1)$/i.test(value);
  };
  const [source, target] = [found.get("source"), found.get("target")];
  if (!target) throw refuse("it does not say where that is to be inside");
  const type = found.get("type")?.toLowerCase() ?? "volume";
  const foreign = type === "bind" ? ["nocopy", "driver"] : ["propagation"];
  const mixed = foreign.find((key) => found.has(key));
  if ((type === "bind" || type === "volume") && mixed !== undefined) {
    throw refuse(`what it says of ${mixed} is nothing of type=${type}`, "leave it out");
  }
  if (type === "volume") {
    return volumeOf({ source, target, readOnly: flag("readonly"), copy: !flag("nocopy") }, found, refuse);
  }
  if (type === "tmpfs") {
    throw refuse("filesystems in memory have an option of their own", `use --tmpfs ${target}`);
  }
  if (type !== "bind") {
    throw refuse(`there is no type ${JSON.stringify(type)}`, "write type=bind or type=volume");
  }
  const propagation = found.get("propagation") ?? "rprivate";
  if (!["private", "rprivate"].includes(propagation)) {
    throw refuse(
      `mounts of the host do not appear inside later, so there is no ${propagation}`,
      "leave it out",
    );
  }
  if (!source) throw refuse("it names no folder of the host");
  return {
    kind: "share",
    share: { source: sourcePath(source, base, refuse), target, readOnly: flag("readonly") },
  };
}

function volumeOf(
  { source, target, readOnly, copy }: Omit<VolumeUse, "name"> & { readonly source: string | undefined },
  found: ReadonlyMap<string, string>,
  refuse: (reason: string, remedy?: string) => SmolvmError,
): Mount {
  const driver = found.get("driver") ?? "local";
  if (driver !== "local") throw refuse(`there is no driver ${JSON.stringify(driver)}`, "leave it out");
  if (source) return { kind: "volume", use: { name: checkVolumeName(source), target, readOnly, copy } };
  if (!readOnly && copy) return { kind: "anonymous", target };
  throw refuse(
    "a volume without a name begins as what the image has, and is written to",
    "name it with src=NAME",
  );
}

/** The absolute path of a source. */
function sourcePath(
  source: string,
  { folder, home }: Base,
  refuse: (reason: string, remedy?: string) => SmolvmError,
): string {
  if (!source.isWellFormed() || source.includes("\0")) {
    throw refuse("its name is not UTF-8", "share the folder above it");
  }
  if (source === "~" || source.startsWith("~/")) {
    if (!home) throw refuse("HOME is not set", "write the whole path");
    return resolve(home, source.slice(2));
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
