import * as v from "valibot";
import { assertEquals, assertThrows } from "../../tests/harness/assert.ts";
import { SmolvmError } from "../error.ts";
import { RecordCodec } from "./record_codec.ts";

const words = { what: "disk", subject: "a", remedy: "remove it" };
const one = v.object({ version: v.literal(1), bytes: v.number() });
const two = v.object({ version: v.literal(2), disk: v.object({ bytes: v.pipe(v.number(), v.maxValue(9)) }) });
const three = v.strictObject({ version: v.literal(3), disk: two.entries.disk, colour: v.literal("grey") });
const codec = RecordCodec.first(one)
  .next(two, ({ bytes }) => ({ version: 2, disk: { bytes } }))
  .next(three, (before) => ({ ...before, version: 3, colour: "grey" }));

const newest = { version: 3, disk: { bytes: 5 }, colour: "grey" } as const;

Deno.test("RecordCodec.decode() brings each version up to the newest", () => {
  assertEquals(codec.newest, 3);
  for (const stored of [{ version: 1, bytes: 5 }, { version: 2, disk: { bytes: 5 } }, newest]) {
    assertEquals(codec.decode(JSON.stringify(stored), words), newest);
  }
});

Deno.test("RecordCodec.decode() refuses a newer version by its number", () => {
  const error = assertThrows(() => codec.decode('{"version":4}', words), SmolvmError);
  assertEquals([error.kind, error.action, error.subject, error.reason, error.remedy], [
    "state",
    "read the disk",
    "a",
    "a newer smolvm wrote it (version 4, this one knows 3)",
    "use that version",
  ]);
});

Deno.test("RecordCodec.decode() names the field that is wrong, in the version that was written", () => {
  const reason = (json: string) => assertThrows(() => codec.decode(json, words), SmolvmError).reason;
  const wrong = 'Invalid type: Expected number but received "5"';
  assertEquals(reason('{"version":1,"bytes":"5"}'), `its record is damaged (bytes: ${wrong})`);
  assertEquals(
    reason('{"version":2,"disk":{"bytes":"5"}}'),
    `its record is damaged (disk.bytes: ${wrong})`,
  );
  for (const json of ["{", "null", "[]", "{}", '{"version":0}', '{"version":1.5}', '{"version":"1"}']) {
    assertEquals(reason(json).startsWith("its record is damaged ("), true, json);
  }
  assertEquals(assertThrows(() => codec.decode("{", words), SmolvmError).remedy, "remove it");
});

Deno.test("RecordCodec.encode() writes the newest version, and nothing that it has no place for", () => {
  assertEquals(JSON.parse(codec.encode(newest, words)), newest);
  const more = { ...newest, name: "disk of tomorrow" };
  const error = assertThrows(() => codec.encode(more, words), SmolvmError, "cannot write down the disk a");
  assertEquals(error.kind, "state");
  const large = { ...newest, disk: { bytes: 10 } };
  assertThrows(() => codec.encode(large, words), SmolvmError, "has no place for what it holds (disk.bytes:");
});
