import { assertEquals, assertMatch, assertTrue } from "../../tests/harness/assert.ts";
import { alpineComponents } from "./alpine.ts";
import { licencesOf } from "./spdx.ts";
import { Texts } from "./texts.ts";

const table = await Deno.readTextFile(new URL("../../rootfs/packages.tsv", import.meta.url));

Deno.test("alpineComponents() has each package of the list, with its recipe's commit and its licences' texts", () => {
  const texts = new Texts();
  const components = alpineComponents(table, "aarch64", texts);
  assertTrue(components.length > 15);
  for (const { licence, purl, sources: [source = ""], texts: files } of components) {
    assertMatch(purl ?? "", /^pkg:apk\/alpine\/\S+@\S+-r\d+\?arch=aarch64$/);
    assertMatch(source, /\/aports\/-\/tree\/[0-9a-f]{40}\/main\/\S+$/);
    for (const one of licencesOf(licence)) assertTrue(files.includes(`${one}.txt`));
  }
  assertMatch(texts.files.get("alpine-musl.txt") ?? "", /Copyright © 2005-20\d\d Rich Felker/);
  assertMatch(texts.files.get("alpine-zlib.txt") ?? "", /Mark Adler/);
  assertEquals(components.find(({ name }) => name === "zlib")?.texts, ["alpine-zlib.txt", "Zlib.txt"]);
});
