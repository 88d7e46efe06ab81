import fc from "fast-check";
import { assertEquals, assertThrows, assertTrue } from "../../tests/harness/assert.ts";
import { OutputFile } from "./output_file.ts";

const MIB = 1 << 20;

function written(body: (file: OutputFile) => void): { bytes: Uint8Array; sectors: number } {
  const folder = Deno.makeTempDirSync();
  try {
    const path = `${folder}/file`;
    const file = OutputFile.create(path);
    try {
      body(file);
      assertEquals(file.finish(), file.position);
    } finally {
      file.close();
    }
    return { bytes: Deno.readFileSync(path), sectors: Deno.statSync(path).blocks ?? 0 };
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}

Deno.test("OutputFile has the bytes it was given, whatever lies between them", () => {
  const step = fc.oneof(
    fc.uint8Array({ maxLength: 300 }).map((bytes) => ({ bytes })),
    fc.constantFrom(65_535, 65_536, 131_072, MIB - 1, MIB, 2 * MIB + 5).map((skip) => ({ skip })),
    fc.constantFrom(65_536, MIB, MIB + 1).map((length) => ({ bytes: new Uint8Array(length).fill(7) })),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 8 }), (steps) => {
      const wanted = steps.map((one) => "skip" in one ? new Uint8Array(one.skip) : one.bytes);
      const { bytes } = written((file) => {
        for (const one of steps) "skip" in one ? file.skip(one.skip) : file.append(one.bytes);
      });
      let at = 0;
      for (const part of wanted) {
        assertTrue(bytes.subarray(at, at + part.length).every((byte, index) => byte === part[index]));
        at += part.length;
      }
      assertEquals(bytes.length, at);
    }),
    { numRuns: 30 },
  );
});

Deno.test("OutputFile writes no zeros that came in a run, and keeps a hole at its end", () => {
  const { bytes, sectors } = written((file) => {
    file.append(Uint8Array.of(1));
    file.append(new Uint8Array(8 * MIB));
    file.skip(8 * MIB);
  });
  assertEquals([bytes.length, bytes[0], bytes.subarray(1).every((byte) => byte === 0)], [
    16 * MIB + 1,
    1,
    true,
  ]);
  assertTrue(sectors * 512 < MIB, `${sectors} sectors`);
});

Deno.test("OutputFile aligns, and overwrites what it wrote before", () => {
  const { bytes } = written((file) => {
    file.append(Uint8Array.of(1, 2, 3));
    file.alignTo(8);
    file.alignTo(8);
    assertEquals(file.position, 8);
    file.append(Uint8Array.of(4));
    file.finish();
    file.writeAt(1, Uint8Array.of(9));
  });
  assertEquals([...bytes], [1, 9, 3, 0, 0, 0, 0, 0, 4]);
});

Deno.test("OutputFile.create() overwrites no file", () => {
  const path = Deno.makeTempFileSync();
  try {
    assertThrows(() => OutputFile.create(path), Deno.errors.AlreadyExists);
  } finally {
    Deno.removeSync(path);
  }
});
