/**
 * Unpacks the parts of the binary under test once for many homes: where a processor is emulated, unpacking
 * takes 20 s and copying 1 s.
 *
 * @module
 */
import { isFolder } from "../../src/files/is_there.ts";
import { locatePayload } from "../../src/payload/payload.ts";
import { unpackedPart } from "../../src/payload/payload_unpack.ts";

/**
 * Unpacks every part.
 *
 * @param binary the file that carries them
 * @param cache folder below which `parts` is made
 */
export async function unpackParts(binary: string, cache: string): Promise<void> {
  const payload = locatePayload([binary]);
  await Promise.all(payload.index.parts.map(({ name }) => unpackedPart(payload, name, cache)));
}

/** Commands whose VMs have the shapes that most tests want. */
const SHAPES: readonly (readonly string[])[] = [
  ["run", "alpine", "true"],
  ["exec", "true"],
  ["run", "-d", "--name", "web", "alpine", "true"],
];

/**
 * Has the emulated VMs that most tests start saved once for all of them, beside the parts. Where that fails each test
 * makes its own, or says what is wrong.
 *
 * @param cache where {@linkcode unpackParts} has put the parts
 */
export async function saveTemplates(binary: string, cache: string): Promise<void> {
  const home = await Deno.makeTempDir({ prefix: "smolvm-test-" });
  const smolvm = (args: readonly string[]) =>
    new Deno.Command(binary, {
      args: [...args],
      env: { SMOLVM_HOME: home, SMOLVM_ENGINE: "qemu" },
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).output();
  try {
    await Deno.symlink(cache, `${home}/cache`);
    for (const args of SHAPES) await smolvm(args);
    for (const name of ["default", "web"]) await smolvm(["delete", "-f", name]);
  } finally {
    await Deno.remove(home, { recursive: true });
  }
}

/**
 * Copies unpacked parts to another cache, and links templates, to which nobody writes. The stamp beside each part says what the verified file looks like,
 * its inode and times too, so it is written anew; smolvm verifies a part again whose stamp it does not know.
 */
export function copyParts(from: string, cache: string): void {
  for (const { name: digest } of Deno.readDirSync(`${from}/parts`)) {
    const folder = `${cache}/parts/${digest}`;
    Deno.mkdirSync(folder, { recursive: true, mode: 0o700 });
    const names = [...Deno.readDirSync(`${from}/parts/${digest}`)].map(({ name }) => name);
    for (const name of names.filter((name) => name !== "verified" && name !== "lock")) {
      Deno.copyFileSync(`${from}/parts/${digest}/${name}`, `${folder}/${name}`);
      Deno.writeTextFileSync(`${folder}/verified`, look(`${folder}/${name}`));
    }
  }
  if (isFolder(`${from}/templates`)) linkTemplates(`${from}/templates`, cache);
}

/** Links the files of each template. */
function linkTemplates(from: string, cache: string): void {
  for (const { name: key, isDirectory } of Deno.readDirSync(from)) {
    if (!isDirectory) continue;
    Deno.mkdirSync(`${cache}/templates/${key}`, { recursive: true, mode: 0o700 });
    for (const { name } of Deno.readDirSync(`${from}/${key}`)) {
      Deno.linkSync(`${from}/${key}/${name}`, `${cache}/templates/${key}/${name}`);
    }
  }
}

/** The stamp of src/payload/payload_unpack.ts. */
function look(path: string): string {
  const { size, ino, mtime, ctime } = Deno.lstatSync(path);
  return [size, ino, mtime?.getTime(), ctime?.getTime()].join(" ");
}
