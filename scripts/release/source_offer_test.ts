import { assertEquals, assertMatch } from "../../tests/harness/assert.ts";
import type { Component } from "../components/component.ts";
import { asksForSource, sourceOffer } from "./source_offer.ts";

const part = (licence: string, more: Partial<Component> = {}): Component => ({
  name: "part",
  version: "1.0",
  licence,
  sources: ["https://example.org/part-1.0.tar.xz"],
  texts: [],
  ...more,
});

Deno.test("asksForSource() is so for GPL, LGPL and MPL, unless another licence may be chosen", () => {
  const asked = [
    "GPL-2.0-only",
    "MPL-2.0 AND MIT",
    "GPL-3.0-or-later WITH GCC-exception-3.1",
    "LGPL-2.1-or-later",
  ];
  assertEquals(asked.map((licence) => asksForSource(part(licence))), [true, true, true, true]);
  assertEquals(["MIT", "Apache-2.0 OR LGPL-2.1-or-later OR MIT"].map((one) => asksForSource(part(one))), [
    false,
    false,
  ]);
});

Deno.test("sourceOffer() names each such part with its version and where its source is", () => {
  const text = sourceOffer("1.2.3", "aarch64-linux", [
    part("GPL-2.0-only"),
    part("MIT", { name: "other" }),
    part("MPL-2.0", { name: "option-ext", sources: [], purl: "pkg:cargo/option-ext@0.2.0" }),
  ]);
  assertMatch(text, /^\| part \| 1\.0 \| GPL-2\.0-only \| <https:\/\/example\.org\/part-1\.0\.tar\.xz> \|$/m);
  assertMatch(text, /^\| option-ext \| 1\.0 \| MPL-2\.0 \| crates\.io: option-ext 1\.0 \|$/m);
  assertEquals(/^\| other/m.test(text), false);
});
