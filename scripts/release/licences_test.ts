import { assertEquals, assertMatch, assertThrows } from "../../tests/harness/assert.ts";
import type { Component } from "../components/component.ts";
import { writeLicences } from "./licences.ts";
import { TEXT_PROPERTY } from "./sbom.ts";

const busybox: Component = {
  name: "busybox",
  version: "1.37.0-r30",
  licence: "GPL-2.0-only",
  sources: ["https://busybox.net/downloads/busybox-1.37.0.tar.bz2"],
  texts: ["GPL-2.0-only.txt"],
};

Deno.test("writeLicences() writes every text that the list of components names, and refuses a component without one", () => {
  const folder = Deno.makeTempDirSync({ prefix: "smolvm-licences-" });
  try {
    const texts = new Map([["GPL-2.0-only.txt", "GPL"]]);
    const list = writeLicences(folder, "x86_64-linux", { components: [busybox], texts });
    assertEquals(Deno.readTextFileSync(`${folder}/sbom.cdx.json`), list);
    for (const { properties } of JSON.parse(list).components) {
      for (const { name, value } of properties) {
        assertEquals([name, Deno.readTextFileSync(`${folder}/${value}`)], [TEXT_PROPERTY, "GPL"]);
      }
    }
    assertMatch(Deno.readTextFileSync(`${folder}/SOURCES.md`), /^\| busybox \| 1\.37\.0-r30 \|/m);
    assertMatch(Deno.readTextFileSync(`${folder}/LICENSE`), /Apache License/);
    for (const files of [[], ["ISC.txt"]]) {
      const components = [{ ...busybox, texts: files }];
      assertThrows(
        () => writeLicences(folder, "x86_64-linux", { components, texts }),
        TypeError,
        "Cannot release busybox: the text of GPL-2.0-only is not there",
      );
    }
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
});
