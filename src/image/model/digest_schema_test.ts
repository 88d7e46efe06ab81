import * as v from "valibot";
import { assertEquals } from "../../../tests/harness/assert.ts";
import { digestSchema } from "./digest_schema.ts";

Deno.test("digestSchema takes a sha256 digest and nothing else", () => {
  const digest = `sha256:${"0".repeat(64)}`;
  assertEquals(v.is(digestSchema, digest), true);
  for (const other of [undefined, 5, "", digest + "0", `${digest}/..`]) {
    assertEquals(v.is(digestSchema, other), false);
  }
});
