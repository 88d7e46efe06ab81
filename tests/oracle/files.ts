/**
 * What a folder holds, entry by entry, as lines that can be compared: `find`, `getfattr`'s system calls by
 * way of tar, and digests.
 *
 * @module
 */
import { join } from "node:path";
import { run } from "../registry/registry.ts";

/** Lines of type, mode, owner, size, time, link target, link count, path; directories without size and links. */
export async function describeFolder(folder: string): Promise<string[]> {
  const files = await bytesOf("find", [
    folder,
    "-mindepth",
    "1",
    "!",
    "-type",
    "d",
    "-printf",
    "%P|%y|%m|%U|%G|%s|%T@|%l|%n\\0",
  ]);
  const folders = await bytesOf("find", [folder, "-type", "d", "-printf", "%P|%y|%m|%U|%G|%T@\\0"]);
  const contents = await bytesOf("sh", [
    "-c",
    'cd "$1" && find . -type f -print0 | LC_ALL=C sort -z | xargs -0r sha256sum -z',
    "sh",
    folder,
  ]);
  return [files, folders, contents].flatMap((text) => text.split("\0").filter((line) => line !== "").sort());
}

/** Extended attributes of all files, as pax records of GNU tar. */
export async function describeXattrs(folder: string): Promise<string[]> {
  const archive = await bytesOf("tar", [
    "--format=pax",
    "--pax-option=exthdr.name=%d/%f,delete=atime,delete=ctime,delete=mtime",
    "--sort=name",
    "--xattrs",
    "--xattrs-include=*",
    "-cf",
    "-",
    "-C",
    folder,
    ".",
  ]);
  return [...archive.matchAll(/SCHILY\.xattr\.[^=]+=[^\n]*/g)].map(([record]) => record).sort();
}

/** Runs with an EROFS file mounted. */
export async function withMounted<T>(disk: string, body: (folder: string) => Promise<T>): Promise<T> {
  const folder = await Deno.makeTempDir({ prefix: "smolvm-mount-" });
  await run("mount", ["-t", "erofs", "-o", "loop,ro", disk, folder]);
  try {
    return await body(folder);
  } finally {
    await run("umount", [folder]);
    await Deno.remove(folder);
  }
}

/** `umoci unpack` of layers given as tar files, and the folder it made. */
export async function umociUnpack(folder: string, layers: readonly string[]): Promise<string> {
  const layout = join(folder, "oci");
  await run("umoci", ["init", "--layout", layout]);
  await run("umoci", ["new", "--image", `${layout}:x`]);
  for (const layer of layers) await run("umoci", ["raw", "add-layer", "--image", `${layout}:x`, layer]);
  const bundle = join(folder, "bundle");
  await run("umoci", ["unpack", "--image", `${layout}:x`, bundle]);
  return join(bundle, "rootfs");
}

async function bytesOf(program: string, args: readonly string[]): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(program, {
    args: [...args],
    env: { LC_ALL: "C" },
  }).output();
  if (!success) throw new Error(`${program}: ${new TextDecoder().decode(stderr)}`);
  return new TextDecoder("latin1").decode(stdout);
}
