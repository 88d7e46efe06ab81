/**
 * Where the glibc of a guest's agent comes from: for the build machine's own processor its own files, for another one
 * packages that scripts/setup.sh unpacked.
 *
 * @module
 */
import { glibcLibraries } from "../../rootfs/packages.ts";
import { processors } from "../../src/engine/processors.ts";
import { type Target, thisTarget } from "../../src/target.ts";
import { partFile } from "./parts_table.ts";
import { buildProcessors } from "./targets.ts";

/** Debian's packages that have the files. */
const PACKAGES = ["libc6", "libgcc-s1"];

/** A file of glibc: in the guest's root, and where it is on this machine. */
export interface GlibcFile {
  readonly path: string;
  readonly source: string;
}

/** The files of a guest's glibc. */
export function glibcFiles({ processor }: Target): GlibcFile[] {
  const folder = `/lib/${processors[processor].libraries}`;
  const root = rootOf(processor);
  const paths = [buildProcessors[processor].loader, ...glibcLibraries.map((name) => `${folder}/${name}`)];
  return paths.map((path) => ({ path, source: `${root}${path}` }));
}

/** Their versions, as rows of the package list. @throws {Error} when dpkg-query cannot tell */
export function glibcRows({ processor }: Target): string {
  const root = rootOf(processor);
  if (root !== "") {
    const lines = Deno.readTextFileSync(`${root}/versions.tsv`).trim().split("\n").map((line) =>
      line.split("\t")
    );
    return lines.map(([name, version]) => `${name}\t${version}\tsee docs/licenses.md\tDebian\n`).join("");
  }
  const args = ["-W", "-f=${Package}\t${Version}\tsee docs/licenses.md\tthe build machine\n", ...PACKAGES];
  const { success, stdout } = new Deno.Command("dpkg-query", { args }).outputSync();
  if (!success) throw new Error("Cannot tell the version of libc6: dpkg-query failed");
  return new TextDecoder().decode(stdout);
}

function rootOf(processor: Target["processor"]): string {
  return processor === thisTarget.processor ? "" : partFile("glibc", { system: "linux", processor });
}
