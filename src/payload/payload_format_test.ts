import { elfHeader } from "../../tests/harness/payload_file.ts";
import { assertEquals, assertThrows } from "../../tests/harness/assert.ts";
import {
  decodeIndex,
  encodeHead,
  INDEX_LIMIT,
  indexLength,
  MAGIC,
  payloadStart,
  PREFIX_BYTES,
} from "./payload_format.ts";

const manifest = { smolvm: "1", kernel: "6", libkrun: "1", alpine: "3" };
const part = { name: "root.erofs", sha256: "ab".repeat(32), size: 7, offset: 0, storedSize: 5 };

function json(value: unknown): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(value));
}

Deno.test("encodeHead() is read back by indexLength() and decodeIndex()", () => {
  const index = { manifest, parts: [part] };
  const head = encodeHead(index);
  assertEquals(indexLength(head.subarray(0, PREFIX_BYTES)), head.length - PREFIX_BYTES);
  assertEquals(decodeIndex(head.subarray(PREFIX_BYTES)), index);
});

Deno.test("payloadStart() finds a payload behind an ELF, and one that is the whole file", () => {
  assertEquals(payloadStart(elfHeader(1000)), 1000);
  assertEquals(payloadStart(encodeHead({ manifest, parts: [] })), 0);
  assertEquals(payloadStart(new TextEncoder().encode("#!/bin/sh\n".repeat(10))), undefined);
  assertEquals(payloadStart(new Uint8Array(3)), undefined);
});

Deno.test("indexLength() refuses other formats and lengths beyond the limit", () => {
  const prefix = encodeHead({ manifest, parts: [] }).slice(0, PREFIX_BYTES);
  assertEquals(indexLength(prefix.subarray(0, PREFIX_BYTES - 1)), undefined);
  new DataView(prefix.buffer).setUint32(MAGIC.length, INDEX_LIMIT + 1);
  assertEquals(indexLength(prefix), undefined);
  prefix.set(new TextEncoder().encode("smolvm-payload-2"));
  assertEquals(indexLength(prefix), undefined);
});

Deno.test("decodeIndex() refuses names that would leave the cache, and numbers that are none", () => {
  for (const lie of [{ name: "../x" }, { name: "" }, { sha256: "AB" }, { size: -1 }, { offset: 0.5 }]) {
    assertThrows(() => decodeIndex(json({ manifest, parts: [{ ...part, ...lie }] })), Error);
  }
  assertThrows(() => decodeIndex(new Uint8Array([0xff])), Error);
});
