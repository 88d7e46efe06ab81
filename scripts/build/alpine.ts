/**
 * Cuts an Alpine root out of the pinned disk: the files of some packages, with the modes and owners of the
 * apk database, every content checked against it.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { changedFiles, foreignLines, lostFiles, lostLinks } from "../../rootfs/packages.ts";
import { keepScripts, keepTriggers } from "./apk_state.ts";
import { closure, type OwnedPath, type Package, parseDatabase } from "./apk.ts";
import type { Target } from "../../src/target.ts";
import { partFile } from "./parts_table.ts";
import type { RootTree } from "./root_tree.ts";
import { removeIfThere, run, type Step, workOf } from "./step.ts";

/** The disk's files, unpacked without mounting it. @param guest whose Alpine it is */
export function alpineFiles(guest: Target): Step {
  const [disk, folder] = [partFile("alpine", guest), folderOf(guest)];
  return {
    output: folder,
    inputs: [disk, "scripts/build/alpine.ts"],
    make: async (output) => {
      const raw = `${folder}.raw`;
      await run("qemu-img", ["convert", "-O", "raw", disk, raw]);
      removeIfThere(folder);
      Deno.mkdirSync(output);
      await run("/sbin/debugfs", ["-R", `rdump / ${output}`, raw]);
      Deno.removeSync(raw);
    },
  };
}

/** The packages of a set, from the unpacked disk. */
export function choosePackages(guest: Target, names: readonly string[]): Package[] {
  return closure(parseDatabase(Deno.readTextFileSync(`${folderOf(guest)}/lib/apk/db/installed`)), names);
}

/** The release of the disk: `3.23.6`. */
export function alpineRelease(guest: Target): string {
  const bytes = Deno.readFileSync(`${folderOf(guest)}/usr/lib/os-release`);
  const release = /^VERSION_ID=(.*)$/m.exec(new TextDecoder().decode(bytes))?.[1];
  if (!release) throw new Error("Cannot find VERSION_ID in the Alpine disk's os-release");
  return release;
}

/** When the newest of some packages was built, seconds: the time of everything in a root made of them. */
export function buildTime(packages: readonly Package[]): number {
  return Math.max(...packages.map((one) => Number(/^t:(\d+)$/m.exec(one.record)?.[1] ?? 0)));
}

/** What is put into a root: packages with all they need, and those of them that were asked for. */
export interface ChosenPackages {
  readonly packages: readonly Package[];
  readonly world: readonly string[];
}

/** Puts packages into a root, with an apk database that knows exactly them. */
export function addPackages(tree: RootTree, guest: Target, { packages, world }: ChosenPackages): void {
  const disk = folderOf(guest);
  const onDisk = (path: string): Uint8Array => Deno.readFileSync(`${disk}/${path}`);
  const paths = packages.flatMap((one) => one.paths);
  for (const { path, folder, mode, uid, gid } of paths) {
    if (folder) tree.folder(path, mode ?? 0o755, uid, gid);
  }
  for (const owned of paths) if (!owned.folder) addFile(tree, disk, owned);
  addApplets(tree, onDisk("etc/busybox-paths.d/busybox"));
  tree.file("lib/apk/db/installed", packages.map((one) => one.record.trim() + "\n\n").join(""));
  tree.file("lib/apk/db/scripts.tar.gz", keepScripts(onDisk("lib/apk/db/scripts.tar.gz"), packages));
  const triggers = new TextDecoder().decode(onDisk("lib/apk/db/triggers"));
  tree.file("lib/apk/db/triggers", keepTriggers(triggers, packages));
  tree.file("etc/apk/world", [...world].sort().join("\n") + "\n");
  for (const file of ["etc/apk/arch", "etc/apk/repositories"]) tree.file(file, onDisk(file));
}

function folderOf(guest: Target): string {
  return `${workOf(guest)}/alpine`;
}

function addFile(tree: RootTree, disk: string, owned: OwnedPath): void {
  const source = `${disk}/${owned.path}`;
  const status = Deno.lstatSync(source);
  if (status.isSymlink) {
    const target = lostLinks[owned.path] ?? Deno.readLinkSync(source);
    checkSum(owned, target);
    return tree.symlink(owned.path, target);
  }
  const content = originalContent(owned.path, () => Deno.readFileSync(source));
  checkSum(owned, content.packaged);
  tree.file(owned.path, content.wanted, owned.mode ?? 0o644, owned.uid, owned.gid);
}

/** The database has the sha1 of a file's content and of a link's target. */
function checkSum(owned: OwnedPath, content: Uint8Array | string): void {
  const sha1 = createHash("sha1").update(content).digest("base64");
  if (owned.sha1 === undefined || sha1 === owned.sha1) return;
  throw new Error(`Cannot use ${owned.path} of the Alpine disk: its checksum is ${sha1}, not ${owned.sha1}`);
}

/** A file as we want it, and as its package brought it: for nearly all the same. */
function originalContent(path: string, read: () => Uint8Array): { wanted: Uint8Array; packaged: Uint8Array } {
  const encoder = new TextEncoder();
  const lost = lostFiles[path];
  if (lost !== undefined) return { wanted: encoder.encode(lost), packaged: encoder.encode(lost) };
  const foreign = foreignLines[path];
  const found = read();
  if (!foreign) return { wanted: found, packaged: found };
  const lines = new TextDecoder().decode(found).split("\n").filter((line) => !foreign.test(line));
  const wanted = lines.join("\n");
  const [changed, packaged] = changedFiles[path] ?? ["", ""];
  return { wanted: encoder.encode(wanted), packaged: encoder.encode(wanted.replace(changed, packaged)) };
}

/** Links to busybox belong to no package: its installation makes them, where no other file is. */
function addApplets(tree: RootTree, list: Uint8Array): void {
  const applets = new TextDecoder().decode(list).trim().split("\n");
  for (const applet of applets) if (!tree.has(applet)) tree.symlink(applet, "/bin/busybox");
}
