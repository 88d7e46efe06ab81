import * as v from "valibot";
import { assertEquals, assertThrows } from "../../../tests/harness/assert.ts";
import { SmolvmError } from "../../error.ts";
import { parseJson } from "./bounded_json.ts";

const encode = (text: string) => new TextEncoder().encode(text);
const anything = v.object({ a: v.unknown() });

Deno.test("parseJson() answers what the schema takes", () => {
  assertEquals(parseJson(encode(`{"a": "[[[", "b": 1}`), anything, "it"), { a: "[[[" });
});

Deno.test("parseJson() names what does not fit", () => {
  const schema = v.object({ a: v.object({ b: v.string() }) });
  assertThrows(
    () => parseJson(encode(`{"a":{"b":1}}`), schema, "the index"),
    SmolvmError,
    "the index: a.b: ",
  );
  assertThrows(() => parseJson(encode("{"), schema, "the index"), SmolvmError, "it is not JSON");
  assertThrows(
    () => parseJson(new Uint8Array([0x22, 0xff, 0x22]), schema, "the index"),
    SmolvmError,
    "not JSON",
  );
});

Deno.test("parseJson() refuses nesting that could exhaust a stack", () => {
  const deep = `{"a":${"[".repeat(100_000)}${"]".repeat(100_000)}}`;
  assertThrows(() => parseJson(encode(deep), anything, "it"), SmolvmError, "nested more than 64");
});
