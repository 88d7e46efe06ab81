import { assertEquals, assertMatch, assertThrows } from "../../tests/harness/assert.ts";
import { Texts } from "./texts.ts";

Deno.test("Texts keeps each file once, in order of names", () => {
  const texts = new Texts();
  assertEquals(texts.own("zlib", "zlib's\n\n"), ["zlib.txt"]);
  assertEquals(texts.own("nothing", " \n"), []);
  assertEquals(texts.standard("MIT OR ISC"), ["MIT.txt", "ISC.txt"]);
  assertEquals(texts.standard("MIT"), ["MIT.txt"]);
  assertEquals([...texts.files.keys()], ["ISC.txt", "MIT.txt", "zlib.txt"]);
  assertEquals(texts.files.get("zlib.txt"), "zlib's\n");
  assertMatch(texts.files.get("MIT.txt") ?? "", /Permission is hereby granted/);
  assertThrows(() => texts.standard("LicenseRef-own"), TypeError, "no text of it");
});
