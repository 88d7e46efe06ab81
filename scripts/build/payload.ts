/**
 * Puts the parts behind denort, so that `deno compile` makes a program that carries them and never reads
 * them at start-up. src/payload/payload_format.ts describes the form.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import { constants, zstdCompressSync } from "node:zlib";
import type { PartName, PayloadManifest } from "../../src/payload/payload.ts";
import { encodeHead, MACHO_PLACE, type PayloadPart } from "../../src/payload/payload_format.ts";
import type { System } from "../../src/target.ts";
import { withSegment } from "./macho.ts";
import type { Step } from "./step.ts";

/** Where the packed parts of a build are. */
function packedIn(part: Part, work: string): string {
  return `${work}/${part.name}.zst`;
}

/** Good enough and quick: 140 MB in some seconds, where level 19 takes minutes for a tenth less. */
const LEVEL = 9;

/** A part: its name and the file it is. */
export interface Part {
  readonly name: PartName;
  readonly file: string;
  readonly executable?: boolean;
}

/** One part, compressed: a step, because most parts stay the same. */
export function packed(part: Part, work: string): Step {
  return {
    output: packedIn(part, work),
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
export function factsOf(part: Part, work: string): string {
  return `${work}/${part.name}.facts`;
}

/** What a runtime carries. */
export interface Carried {
  readonly parts: readonly Part[];
  readonly manifest: PayloadManifest;
  /** Folder that the parts were packed in. */
  readonly work: string;
  readonly system: System;
}

/** denort with the payload's head and the packed parts: behind its ELF, or in a segment of its Mach-O. */
export function writeRuntime(output: string, runtime: string, carried: Carried): void {
  const { parts, manifest, work, system } = carried;
  let offset = 0;
  const entries: PayloadPart[] = parts.map((part) => {
    const { sha256, size } = JSON.parse(Deno.readTextFileSync(factsOf(part, work)));
    const storedSize = Deno.statSync(packedIn(part, work)).size;
    const executable = part.executable ? { executable: true } : {};
    const entry = { name: part.name, sha256, size, offset, storedSize, ...executable };
    offset += storedSize;
    return entry;
  });
  using file = Deno.openSync(output, { write: true, create: true, truncate: true, mode: 0o755 });
  const payload = [
    encodeHead({ manifest, parts: entries }),
    ...parts.map((part) => Deno.readFileSync(packedIn(part, work))),
  ];
  const program = Deno.readFileSync(runtime);
  const pieces = system === "linux" ? [program, ...payload] : [
    withSegment(program, { ...MACHO_PLACE, content: new Uint8Array(Buffer.concat(payload)) }),
  ];
  for (const piece of pieces) {
    for (let at = 0; at < piece.length;) at += file.writeSync(piece.subarray(at));
  }
}
