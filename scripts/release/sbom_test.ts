import { assertEquals, assertThrows } from "../../tests/harness/assert.ts";
import type { Component } from "../components/component.ts";
import { checkSbom } from "./check_sbom.ts";
import { cycloneDx } from "./sbom.ts";

const musl: Component = {
  name: "musl",
  version: "1.2.5-r23",
  licence: "MIT",
  purl: "pkg:apk/alpine/musl@1.2.5-r23?arch=aarch64",
  sources: ["https://musl.libc.org/releases/musl-1.2.5.tar.gz"],
  texts: ["alpine-musl.txt", "MIT.txt"],
};
const libkrun: Component = {
  name: "libkrun",
  version: "1.17.4",
  licence: "Apache-2.0",
  sha256: "ab".repeat(32),
  sources: [],
  texts: ["Apache-2.0.txt"],
};

Deno.test("cycloneDx() has name, version, licence, digest, source and texts of each component, and the same bytes each time", () => {
  const text = cycloneDx("1.2.3", "aarch64-linux", [musl, libkrun]);
  checkSbom(text);
  const { metadata, components } = JSON.parse(text);
  assertEquals([metadata.component.name, metadata.component.version], ["smolvm", "1.2.3"]);
  assertEquals(components[0], {
    type: "library",
    "bom-ref": "0 musl",
    name: "musl",
    version: "1.2.5-r23",
    licenses: [{ expression: "MIT" }],
    purl: "pkg:apk/alpine/musl@1.2.5-r23?arch=aarch64",
    externalReferences: [{
      type: "source-distribution",
      url: "https://musl.libc.org/releases/musl-1.2.5.tar.gz",
    }],
    properties: [
      { name: "smolvm:licence-text", value: "texts/alpine-musl.txt" },
      { name: "smolvm:licence-text", value: "texts/MIT.txt" },
    ],
  });
  assertEquals(components[1].hashes, [{ alg: "SHA-256", content: "ab".repeat(32) }]);
  assertEquals(cycloneDx("1.2.3", "aarch64-linux", [musl, libkrun]), text);
});

Deno.test("checkSbom() finds what CycloneDX's schema does not have, and what is no SPDX licence", () => {
  const wrong = (change: Partial<Component>): () => void => () =>
    checkSbom(cycloneDx("1.2.3", "aarch64-linux", [{ ...libkrun, ...change }]));
  assertThrows(wrong({ sha256: "ab" }), TypeError, "Cannot use the list of components: /components/0/hashes");
  assertThrows(wrong({ licence: "GPL-2.0-only, MIT" }), TypeError, "no SPDX expression");
  assertThrows(wrong({ licence: "see docs/licenses.md" }), TypeError, "no SPDX expression");
  const good = JSON.parse(cycloneDx("1.2.3", "aarch64-linux", [libkrun]));
  assertThrows(() => checkSbom(JSON.stringify({ ...good, bomFormat: "own" })), TypeError, "/bomFormat");
});
