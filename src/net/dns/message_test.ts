import fc from "fast-check";
import { assertEquals, assertTrue } from "../../../tests/harness/assert.ts";
import { address, message } from "../../../tests/harness/dns_messages.ts";
import { dataOf, ednsOf, readMessage, readQuestion } from "./message.ts";

Deno.test("readMessage() reads question, records and EDNS", () => {
  const bytes = message({
    id: 0x1234,
    flags: 0x8180,
    name: "A.Example",
    answers: [{ type: 1, data: address("192.0.2.1"), ttl: 70_000 }],
    authority: [{ type: 2, data: [0xc0, 12], name: "example" }],
    edns: { size: 1_400, flags: 0x8000 },
  });
  const found = readMessage(bytes);
  assertTrue(found);
  assertEquals([found.id, found.flags, found.question], [0x1234, 0x8180, {
    name: "a.example",
    type: 1,
    class: 1,
  }]);
  assertEquals(found.records.map(({ section, name, type, ttl }) => [section, name, type, ttl]), [
    ["answer", "a.example", 1, 70_000],
    ["authority", "example", 2, 300],
    ["additional", "", 41, 0x8000],
  ]);
  const [first] = found.records;
  assertEquals(first && [...dataOf(found, first)], [192, 0, 2, 1]);
  assertEquals(ednsOf(found), { udpSize: 1_400, dnssecOk: true });
});

Deno.test("readMessage() finds none where counts or lengths lie", () => {
  const sound = message({ answers: [{ type: 1, data: address("192.0.2.1") }] });
  const lying = (at: number, value: number) => sound.with(at, value);
  const cases: [string, Uint8Array][] = [
    ["nothing", new Uint8Array()],
    ["no header", sound.subarray(0, 11)],
    ["no question", lying(5, 0)],
    ["two questions", lying(5, 2)],
    ["more answers than there are", lying(7, 2)],
    ["65,535 of each", lying(6, 255)],
    ["data beyond the end", lying(sound.length - 5, 9)],
    ["a question that is cut off", sound.subarray(0, 24)],
    ["a record that is cut off", sound.subarray(0, sound.length - 1)],
    ["a question by a pointer to itself", Uint8Array.of(...sound.subarray(0, 12), 0xc0, 12, 0, 1, 0, 1)],
  ];
  for (const [what, bytes] of cases) assertEquals(readMessage(bytes), undefined, what);
});

Deno.test("readMessage() takes any bytes, without an error and without delay", () => {
  const sound = message({
    flags: 0x8180,
    answers: [{ type: 5, data: [1, 0x62, 0xc0, 14] }, {
      type: 1,
      data: address("192.0.2.1"),
      name: "b.example",
    }],
    edns: { size: 512 },
  });
  const mutated = fc.array(fc.tuple(fc.nat(sound.length - 1), fc.nat(255)), { maxLength: 8 }).map(
    (changes) => {
      const bytes = sound.slice();
      for (const [at, value] of changes) bytes[at] = value;
      return bytes;
    },
  );
  fc.assert(
    fc.property(fc.oneof(mutated, fc.uint8Array({ maxLength: 200 })), (bytes) => {
      const found = readMessage(bytes);
      return (found?.records ?? []).every(({ start, dataStart, end }) =>
        start < dataStart && dataStart <= end && end <= bytes.length
      ) && (!found || readQuestion(bytes) !== undefined);
    }),
    { numRuns: 3_000 },
  );
  // 64 KiB of records whose names are all at the end of a long chain of pointers.
  const hostile = new Uint8Array(65_535);
  hostile.set(message({ flags: 0x8180, name: "" }));
  let [at, last] = [17, 12];
  for (; at < 16_000; at += 2) {
    hostile.set([0xc0 | last >> 8, last & 255], at);
    last = at;
  }
  for (; at + 12 < hostile.length; at += 12) {
    hostile.set([0xc0 | last >> 8, last & 255, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0], at);
  }
  new DataView(hostile.buffer).setUint16(6, 4_000);
  const began = performance.now();
  assertEquals(readMessage(hostile), undefined);
  assertTrue(performance.now() - began < 200);
});
