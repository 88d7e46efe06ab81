/**
 * Puts the parts behind denort, so that `deno compile` makes a program that carries them and never reads
 * them at start-up. src/payload/payload_format.ts describes the form.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { constants, zstdCompressSync } from "node:zlib";
import type { PartName, PayloadManifest } from "../../src/payload/payload.ts";
import { encodeHead, type PayloadPart } from "../../src/payload/payload_format.ts";
import { type Step, WORK } from "./step.ts";

/** Good enough and quick: 140 MB in some seconds, where level 19 takes minutes for a tenth less. */
const LEVEL = 9;

/** A part: its name and the file it is. */
export interface Part {
  readonly name: PartName;
  readonly file: string;
  readonly executable?: boolean;
}

/** One part, compressed: a step, because most parts stay the same. */
export function packed(part: Part, work = WORK): Step {
  return {
    output: `${work}/${part.name}.zst`,
    inputs: [part.file],
    salt: String(LEVEL),
    make: (output) => {
      const bytes = Deno.readFileSync(part.file);
      const facts = { sha256: createHash("sha256").update(bytes).digest("hex"), size: bytes.length };
      const compressed = zstdCompressSync(bytes, { params: { [constants.ZSTD_c_compressionLevel]: LEVEL } });
      Deno.writeFileSync(output, compressed);
      Deno.writeTextFileSync(factsOf(part, work), JSON.stringify(facts));
    },
  };
}

/** The file that a packed part's digest and size stand in. */
export function factsOf(part: Part, work = WORK): string {
  return `${work}/${part.name}.facts`;
}

/**
 * denort, the payload's head, and the packed parts, in one file.
 *
 * @param work folder that the parts were packed in
 */
export function writeRuntime(
  output: string,
  runtime: string,
  parts: readonly Part[],
  manifest: PayloadManifest,
  work = WORK,
): void {
  let offset = 0;
  const entries: PayloadPart[] = parts.map((part) => {
    const { sha256, size } = JSON.parse(Deno.readTextFileSync(factsOf(part, work)));
    const storedSize = Deno.statSync(packed(part, work).output).size;
    const executable = part.executable ? { executable: true } : {};
    const entry = { name: part.name, sha256, size, offset, storedSize, ...executable };
    offset += storedSize;
    return entry;
  });
  using file = Deno.openSync(output, { write: true, create: true, truncate: true, mode: 0o755 });
  const pieces = [
    Deno.readFileSync(runtime),
    encodeHead({ manifest, parts: entries }),
    ...parts.map((part) => Deno.readFileSync(packed(part, work).output)),
  ];
  for (const piece of pieces) {
    for (let at = 0; at < piece.length;) at += file.writeSync(piece.subarray(at));
  }
}
