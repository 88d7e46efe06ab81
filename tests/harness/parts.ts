/**
 * Unpacks the parts of the binary under test once for many homes: where a processor is emulated, unpacking
 * takes 20 s and copying 1 s.
 *
 * @module
 */
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

/**
 * Copies unpacked parts to another cache. The stamp beside each part says what the verified file looks like,
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
}

/** The stamp of src/payload/payload_unpack.ts. */
function look(path: string): string {
  const { size, ino, mtime, ctime } = Deno.lstatSync(path);
  return [size, ino, mtime?.getTime(), ctime?.getTime()].join(" ");
}
