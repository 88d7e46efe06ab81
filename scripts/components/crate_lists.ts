/**
 * The Rust crates that a pinned program is made of, with their licence texts: cargo downloads their sources by the program's own
 * Cargo.lock, which for Deno are 1 GB for half a minute; what is kept of them in .cache/licences is this list.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { dirname } from "node:path";
import { parse as parseToml } from "smol-toml";
import * as v from "valibot";
import { removeIfThere, run } from "../build/step.ts";
import { licenceText, licenceTexts } from "./licence_files.ts";
import { linkedCrates, type Metadata, metadataSchema } from "./linked_crates.ts";
import { fromManifest } from "./spdx.ts";

/** A program on crates.io. */
export interface CrateProgram {
  /** `NAME@VERSION`. */
  readonly package: string;
  /** SHA-256 of its crate. */
  readonly sha256: string;
  readonly features?: readonly string[];
}

const crateSchema = v.object({
  name: v.string(),
  version: v.string(),
  licence: v.string(),
  authors: v.array(v.string()),
  /** SHA-256 of the crate. */
  sha256: v.optional(v.string()),
  /** Its texts, by their digests. */
  texts: v.array(v.string()),
});
const listSchema = v.object({
  /** The program's own licence texts. */
  own: v.string(),
  crates: v.array(crateSchema),
  texts: v.record(v.string(), v.string()),
});

/** A crate that is linked into a program. */
export type Crate = v.InferOutput<typeof crateSchema>;
/** All of them, and their texts by digest. */
export type CrateList = v.InferOutput<typeof listSchema>;

const lockSchema = v.object({
  package: v.array(v.object({ name: v.string(), version: v.string(), checksum: v.optional(v.string()) })),
});

/** How often `cargo metadata` is tried. */
const TRIES = 3;

const sha256 = (bytes: string | Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

/**
 * The crates of a program for one target.
 *
 * @param triple cargo's name of the target
 * @throws {Error} when cargo fails, or has another crate than is pinned
 */
export async function crateList(program: CrateProgram, triple: string): Promise<CrateList> {
  const key = sha256(JSON.stringify([2, program])).slice(0, 12);
  const kept = `.cache/licences/${program.package}-${triple}-${key}.json`;
  try {
    return v.parse(listSchema, JSON.parse(Deno.readTextFileSync(kept)));
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound || error instanceof SyntaxError)) throw error;
  }
  const list = await gather(program, triple);
  Deno.mkdirSync(dirname(kept), { recursive: true });
  Deno.writeTextFileSync(`${kept}.new`, JSON.stringify(list));
  Deno.renameSync(`${kept}.new`, kept);
  return list;
}

async function gather(program: CrateProgram, triple: string): Promise<CrateList> {
  const cargo = Deno.env.get("CARGO") ?? "cargo";
  // A folder of cargo's of its own: the user's would keep the sources. Settings, such as another registry, are the user's.
  const home = Deno.makeTempDirSync({ prefix: "smolvm-crates-" });
  try {
    for (const name of ["config.toml", "config", "credentials.toml"]) {
      const theirs = `${Deno.env.get("CARGO_HOME") ?? `${Deno.env.get("HOME")}/.cargo`}/${name}`;
      try {
        Deno.copyFileSync(theirs, `${home}/${name}`);
      } catch (error) {
        if (!(error instanceof Deno.errors.NotFound)) throw error;
      }
    }
    const env = { CARGO_HOME: home };
    await run(cargo, ["info", "--quiet", program.package], env);
    const [archive = ""] = find(`${home}/registry/cache`, `${program.package.replace("@", "-")}.crate`);
    if (archive === "" || sha256(Deno.readFileSync(archive)) !== program.sha256) {
      throw new Error(`Cannot use crate ${program.package}: it is not the one that scripts/parts.tsv pins`);
    }
    await run("tar", ["-xzf", archive, "-C", home]);
    const folder = `${home}/${program.package.replace("@", "-")}`;
    const features = program.features === undefined ? [] : ["--features", program.features.join(",")];
    const metadata = await metadataOf(cargo, [
      "--manifest-path",
      `${folder}/Cargo.toml`,
      "--locked",
      "--filter-platform",
      triple,
      ...features,
    ], env);
    const lock = v.parse(lockSchema, parseToml(Deno.readTextFileSync(`${folder}/Cargo.lock`)));
    return { own: licenceText(folder), ...listOf(metadata, lock) };
  } finally {
    removeIfThere(home);
  }
}

/**
 * What `cargo metadata` tells. It downloads by itself what it looks at, which is more than `cargo fetch --target` brings: build scripts and
 * macros have crates of this machine's own target. One of 740 downloads may fail, so it is tried again, and goes on where it was.
 */
async function metadataOf(
  cargo: string,
  args: readonly string[],
  env: Record<string, string>,
): Promise<Metadata> {
  for (let tries = 1;; tries++) {
    const { success, stdout, stderr } = await new Deno.Command(cargo, {
      args: ["metadata", "--quiet", ...args, "--format-version", "1"],
      env,
    }).output();
    if (success) return v.parse(metadataSchema, JSON.parse(new TextDecoder().decode(stdout)));
    const said = new TextDecoder().decode(stderr).trim();
    if (tries === TRIES) throw new Error(`Cannot tell the crates of a program: cargo metadata: ${said}`);
    console.error(`licences: cargo metadata failed, and is tried again: ${said}`);
  }
}

/** The list, by `cargo metadata` and a Cargo.lock, of crates that lie where it says. */
export function listOf(
  metadata: Metadata,
  lock: v.InferOutput<typeof lockSchema>,
): Omit<CrateList, "own"> {
  const checksums = new Map(lock.package.map((one) => [`${one.name} ${one.version}`, one.checksum]));
  const texts: Record<string, string> = {};
  const crates = linkedCrates(metadata).map(({ name, version, license, authors, manifest_path }) => {
    const own = licenceTexts(dirname(manifest_path)).map((text) => text.replaceAll("\r\n", "\n").trim());
    for (const text of own) texts[sha256(text)] = text;
    const checksum = checksums.get(`${name} ${version}`);
    const licence = fromManifest(license, name);
    return { name, version, licence, authors, texts: own.map(sha256), ...(checksum && { sha256: checksum }) };
  });
  return { crates, texts };
}

/** Files of a name below a folder, two levels deep, as cargo keeps them. */
function find(folder: string, name: string): string[] {
  return [...Deno.readDirSync(folder)].flatMap((entry) => {
    if (entry.isDirectory) return find(`${folder}/${entry.name}`, name);
    return entry.name === name ? [`${folder}/${name}`] : [];
  });
}
