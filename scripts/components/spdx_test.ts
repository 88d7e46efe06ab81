import { assertEquals, assertMatch, assertThrows } from "../../tests/harness/assert.ts";
import { fromManifest, licencesOf, standardText } from "./spdx.ts";

Deno.test("licencesOf() has each licence of an expression, without its exception", () => {
  assertEquals(licencesOf("MIT"), ["MIT"]);
  assertEquals(licencesOf("(MIT OR Apache-2.0) AND GPL-3.0-or-later WITH GCC-exception-3.1 AND MIT"), [
    "MIT",
    "Apache-2.0",
    "GPL-3.0-or-later",
  ]);
  for (const wrong of ["see docs", "MIT/Apache-2.0", "GPL-2.0-only, MIT", ""]) {
    assertThrows(() => licencesOf(wrong), TypeError, "no SPDX expression");
  }
});

Deno.test("standardText() has SPDX's text of a licence", () => {
  assertMatch(standardText("GPL-2.0-only") ?? "", /Version 2, June 1991/);
  assertMatch(standardText("LGPL-2.1-or-later") ?? "", /Version 2\.1, February 1999/);
  assertEquals(standardText("LicenseRef-own"), undefined);
});

Deno.test("fromManifest() makes an expression of what crates write", () => {
  assertEquals(fromManifest("MIT/Apache-2.0", "a"), "MIT OR Apache-2.0");
  assertEquals(fromManifest("Apache-2.0 / MIT", "a"), "Apache-2.0 OR MIT");
  assertEquals(fromManifest(null, "saffron"), "LicenseRef-saffron");
});
