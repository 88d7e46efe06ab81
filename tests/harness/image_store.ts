/**
 * What an image store under test lies in and takes in.
 *
 * @module
 */
import { join } from "node:path";
import type { Paths } from "../../src/host/paths.ts";
import { defaultConfig } from "../../src/image/model/config.ts";
import { guestPlatform } from "../../src/image/model/platform.ts";
import type { StoreOptions } from "../../src/image/store/store.ts";

/** A home in a folder of its own, which is removed at the end. */
export async function inFolder(body: (paths: Paths, folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await body(
      { data: join(folder, "data"), cache: join(folder, "cache"), runtime: join(folder, "run") },
      folder,
    );
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** A root folder with one file. */
export async function rootFolder(folder: string, name: string, content: string): Promise<string> {
  const path = join(folder, name);
  await Deno.mkdir(path);
  await Deno.writeTextFile(join(path, "file"), content);
  await Deno.utime(join(path, "file"), 1, 1);
  await Deno.utime(path, 1, 1);
  return path;
}

/** The parts of a binary that bundles an image under these names. */
export async function bundle(folder: string, references: readonly string[]): Promise<StoreOptions> {
  const record = { id: `sha256:${"ab".repeat(32)}`, references, config: defaultConfig(guestPlatform()) };
  await Deno.writeTextFile(join(folder, "alpine.json"), JSON.stringify(record));
  await Deno.writeTextFile(join(folder, "alpine.erofs"), "disk");
  return { payload: { path: (part) => Promise.resolve(join(folder, part)) } };
}
