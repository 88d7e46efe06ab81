import { assertEquals } from "../../../tests/harness/assert.ts";
import { watchKeys } from "./detach_keys.ts";

/** What comes through of pieces, and how often the keys were typed. */
async function typed(keys: number[], ...pieces: number[][]): Promise<{ passed: number[]; left: number }> {
  let left = 0;
  const input = ReadableStream.from(pieces.map((piece) => Uint8Array.from(piece)));
  const passed: number[] = [];
  for await (const bytes of watchKeys(input, Uint8Array.from(keys), () => left++)) passed.push(...bytes);
  return { passed, left };
}

Deno.test("watchKeys() leaves at the keys, however they are cut, and passes nothing on from there", async () => {
  assertEquals(await typed([16, 17], [1, 16], [17, 2], [3]), { passed: [1], left: 1 });
  assertEquals(await typed([16, 17], [1, 16, 17, 2, 16, 17]), { passed: [1], left: 1 });
});

Deno.test("watchKeys() passes on what only began like the keys", async () => {
  assertEquals(await typed([16, 17], [16, 1, 16], [16], [2]), { passed: [16, 1, 16, 16, 2], left: 0 });
  assertEquals(await typed([1, 1, 2], [1, 1, 1, 2]), { passed: [1], left: 1 });
  assertEquals(await typed([16, 17], [5, 16]), { passed: [5, 16], left: 0 });
});
