import { LINK_BYTES, machoFile } from "../../tests/harness/macho_file.ts";
import { assertEquals, assertThrows } from "../../tests/harness/assert.ts";
import { loadCommands, segmentsOf } from "../../src/payload/macho.ts";
import { withoutProgram, withSegment } from "./macho.ts";

const content = new TextEncoder().encode("a program".repeat(2000));
const INTEL = 0x0100_0007;

/** What the symbol table and the signature's command point at. */
function linked(file: Uint8Array): (number | undefined)[] {
  const view = new DataView(file.buffer);
  return loadCommands(file).filter(({ type }) => type === 0x2 || type === 0x1d).flatMap(({ type, at }) =>
    (type === 0x2 ? [8, 16] : [8]).map((field) => file[view.getUint32(at + field, true)])
  );
}

Deno.test("withSegment() puts a segment in front of the last, and all that stands there is found again", () => {
  for (const processor of [undefined, INTEL]) {
    const made = withSegment(machoFile(processor), { segment: "__SMOLVM", section: "__payload", content });
    const [text, added, link] = segmentsOf(made);
    assertEquals([text?.name, added?.name, link?.name], ["__TEXT", "__SMOLVM", "__LINKEDIT"]);
    const [section] = added?.sections ?? [];
    assertEquals(made.slice(section?.offset, (section?.offset ?? 0) + (section?.size ?? 0)), content);
    assertEquals([(link?.offset ?? 1) % 16_384, link?.size, made.length - (link?.offset ?? 0)], [
      0,
      LINK_BYTES,
      LINK_BYTES,
    ]);
    // No segment lies over another, in memory or in the file.
    assertEquals(link?.address, (added?.address ?? 0) + (added?.memorySize ?? 0));
    assertEquals(made.slice(8192, 8208), machoFile().slice(8192, 8208));
    assertEquals(linked(made), linked(machoFile()));
  }
});

Deno.test("withoutProgram() gives back the runtime that libsui put a segment into, byte for byte", () => {
  const compiled = withSegment(machoFile(), { segment: "__SUI", section: "d3n0l4nd", content });
  assertEquals(withoutProgram(compiled), machoFile());
  assertThrows(() => withoutProgram(machoFile()), TypeError, "no segment __SUI");
});

Deno.test("withoutProgram() cuts what libsui appends for Intel", () => {
  const sentinel = [...new TextEncoder().encode("<~sui-data~>"), 0xef, 0xbe, 0xad, 0xde];
  const runtime = machoFile(INTEL);
  const compiled = new Uint8Array([...runtime, ...sentinel, ...new Uint8Array(8), ...content]);
  const cut = withoutProgram(compiled);
  assertEquals(cut.length, runtime.length);
  assertEquals(segmentsOf(cut).at(-1)?.size, LINK_BYTES);
  assertEquals(loadCommands(cut).map(({ type }) => type), [0x19, 0x19, 0x2]);
  assertThrows(() => withoutProgram(runtime), TypeError, "there is none");
});

Deno.test("withSegment() takes nothing from a section that begins behind the load commands", () => {
  const full = machoFile();
  full.fill(1, 300, 8192);
  assertThrows(() => withSegment(full, { segment: "a", section: "b", content }), TypeError, "no room");
});
