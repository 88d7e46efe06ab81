/**
 * The apk database of an Alpine root: which package owns which file, with mode, owner and checksum. Pure.
 *
 * Format: records of `X:value` lines, an empty line between packages. P name, V version, L licence, D
 * dependencies, p provides, i install_if, F folder, M its uid:gid:mode, R file, a its uid:gid:mode, Z its sha1.
 *
 * @module
 */

/** A path that a package owns. */
export interface OwnedPath {
  readonly path: string;
  readonly folder: boolean;
  readonly uid: number;
  readonly gid: number;
  /** Permission bits; `undefined` where the database leaves it to the file. */
  readonly mode: number | undefined;
  /** Base64 of the content's sha1; `undefined` where there is none. */
  readonly sha1: string | undefined;
}

/** An installed package. */
export interface Package {
  readonly name: string;
  readonly version: string;
  readonly licence: string;
  readonly dependencies: readonly string[];
  readonly provides: readonly string[];
  /** install_if: the package comes by itself where all of these are; empty for most. */
  readonly joins: readonly string[];
  readonly paths: readonly OwnedPath[];
  /** Its record as it stands in the database. */
  readonly record: string;
}

/** Parses lib/apk/db/installed. */
export function parseDatabase(text: string): Package[] {
  return text.split("\n\n").filter((record) => record.trim() !== "").map(parsePackage);
}

function parsePackage(record: string): Package {
  const fields = new Map<string, string>();
  const paths: OwnedPath[] = [];
  let folder = "";
  for (const line of record.split("\n")) {
    const [key, value] = [line[0] ?? "", line.slice(2)];
    const last = paths.at(-1);
    if (key === "F") {
      folder = value;
      paths.push({ path: value, folder: true, uid: 0, gid: 0, mode: 0o755, sha1: undefined });
    } else if (key === "R") {
      const path = folder === "" ? value : `${folder}/${value}`;
      paths.push({ path, folder: false, uid: 0, gid: 0, mode: undefined, sha1: undefined });
    } else if ((key === "M" || key === "a") && last) {
      const [uid = "0", gid = "0", mode = "644"] = value.split(":");
      paths[paths.length - 1] = { ...last, uid: Number(uid), gid: Number(gid), mode: parseInt(mode, 8) };
    } else if (key === "Z" && last) {
      paths[paths.length - 1] = { ...last, sha1: value.replace(/^Q1/, "") };
    } else fields.set(key, value);
  }
  const words = (key: string): string[] => (fields.get(key) ?? "").split(" ").filter((word) => word !== "");
  return {
    name: fields.get("P") ?? "",
    version: fields.get("V") ?? "",
    licence: fields.get("L") ?? "",
    dependencies: words("D"),
    provides: words("p"),
    joins: words("i"),
    paths,
    record,
  };
}

/**
 * The packages of a set, all they need, and those that join them by themselves, in the database's order.
 *
 * @throws {Error} when something needed is not installed
 */
export function closure(database: readonly Package[], names: readonly string[]): Package[] {
  const providers = new Map<string, Package>();
  for (const one of database) for (const word of one.provides) providers.set(bare(word), one);
  for (const one of database) providers.set(one.name, one);
  const chosen = new Set<Package>();
  const add = (words: readonly string[]): void => {
    for (const word of words) {
      if (word.startsWith("!")) continue;
      const found = providers.get(bare(word));
      if (!found) throw new Error(`Cannot find package ${word} in the Alpine disk`);
      if (chosen.has(found)) continue;
      chosen.add(found);
      add(found.dependencies);
    }
  };
  add(names);
  const present = (word: string): boolean => {
    const provider = providers.get(bare(word));
    return provider !== undefined && chosen.has(provider);
  };
  for (let size = 0; size !== chosen.size;) {
    size = chosen.size;
    for (const one of database) if (one.joins.length > 0 && one.joins.every(present)) add([one.name]);
  }
  return database.filter((one) => chosen.has(one));
}

/** A dependency without its version. */
function bare(word: string): string {
  return word.split(/[<>=~]/, 1)[0] ?? "";
}
