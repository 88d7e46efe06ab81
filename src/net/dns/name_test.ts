import fc from "fast-check";
import { assertEquals } from "../../../tests/harness/assert.ts";
import { labels } from "../../../tests/harness/dns_messages.ts";
import { nameBytes, readName } from "./name.ts";

const read = (...bytes: number[]) => readName(Uint8Array.from(bytes), 0);

Deno.test("readName() reads labels, in lower case and without a final dot", () => {
  assertEquals(read(...labels("A.Example"), 99), { name: "a.example", end: 11 });
  assertEquals(read(0), { name: "", end: 1 });
  assertEquals(read(...labels("_dmarc.x-y.example"))?.name, "_dmarc.x-y.example");
});

Deno.test("readName() keeps a dot within a label apart from one between two", () => {
  assertEquals(read(3, 0x61, 0x2e, 0x62, 1, 0x63, 0)?.name, "a\\046b.c");
  assertEquals(read(3, 0x61, 0, 0xff, 0)?.name, "a\\000\\255");
  assertEquals(read(2, 0x5c, 0x20, 0)?.name, "\\092\\032");
});

Deno.test("readName() follows pointers back, and ends where the first one does", () => {
  const bytes = Uint8Array.from([...labels("a.example"), 1, 0x62, 0xc0, 2, 0xc0, 11]);
  assertEquals(readName(bytes, 11), { name: "b.example", end: 15 });
  assertEquals(readName(bytes, 15), { name: "b.example", end: 17 });
});

Deno.test("readName() finds no name in loops, in pointers ahead, and in what is too long or cut off", () => {
  const pointer = (target: number) => [0xc0 | target >> 8, target & 255];
  const chain = [0, ...Array.from({ length: 200 }, (_, index) => pointer(Math.max(0, 2 * index - 1))).flat()];
  const cases: [string, Uint8Array | number[], number][] = [
    ["a pointer to itself", [0xc0, 0], 0],
    ["a loop of two", [0xc0, 2, 0xc0, 0], 2],
    ["a pointer ahead", [0xc0, 2, 0], 0],
    ["a label that ends in a pointer back to it", [1, 0x61, 0xc0, 0], 0],
    ["a cut pointer", [0, 0xc0], 1],
    ["a cut label", [3, 0x61], 0],
    ["no end", [1, 0x61], 0],
    ["nothing", [], 0],
    ["a start behind the end", [0], 5],
    ["a reserved type of label", [0x40, 0], 0],
    ["another reserved type", [0x80, 0], 0],
    ["256 bytes", labels(Array(128).fill("a").join(".")), 0],
    ["128 pointers", chain, 2 * 128 - 1],
  ];
  for (const [what, bytes, start] of cases) {
    assertEquals(readName(Uint8Array.from(bytes), start), undefined, what);
  }
  assertEquals(readName(Uint8Array.from(chain), 2 * 127 - 1), { name: "", end: 255 });
  assertEquals(readName(Uint8Array.from(labels(Array(127).fill("a").join("."))), 0)?.name.length, 253);
});

Deno.test("nameBytes() is the way back, and readName() takes any bytes", () => {
  const label = fc.uint8Array({ minLength: 1, maxLength: 20 });
  fc.assert(fc.property(fc.array(label, { maxLength: 8 }), (parts) => {
    const bytes = Uint8Array.from([...parts.flatMap((part) => [part.length, ...part]), 0]);
    const found = readName(bytes, 0);
    const again = found && readName(nameBytes(found.name), 0);
    return again?.name === found?.name && nameBytes(found?.name ?? "x").length === bytes.length;
  }));
  fc.assert(fc.property(fc.uint8Array({ maxLength: 600 }), fc.nat(600), (bytes, start) => {
    const found = readName(bytes, start);
    return found === undefined || (found.end > start && found.end <= bytes.length);
  }));
});
