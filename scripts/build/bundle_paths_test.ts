import { assertEquals } from "../../tests/harness/assert.ts";
import { placelessNames } from "./bundle_paths.ts";

Deno.test("placelessNames() makes one bundle of those of two folders, two users and two places of Deno's", () => {
  const bundle = (folder: string) =>
    `var init = __esm({\n  "${folder}/npm/registry.example/valibot/1.5.0/dist/index.mjs"() {\n  }, "${folder}/npm/r/@a/b/2.0.0-rc.1/x.js"(){} });`;
  const wanted =
    'var init = __esm({\n  "npm/valibot/1.5.0/dist/index.mjs"() {\n  }, "npm/@a/b/2.0.0-rc.1/x.js"(){} });';
  for (const folder of ["../../root/.cache/deno", "../../../../home/me/.cache/deno", "/var/deno"]) {
    assertEquals(placelessNames(bundle(folder)), wanted);
  }
});

Deno.test("placelessNames() leaves words alone that are no such names", () => {
  const text = 'const a = "see docs/npm/x/1.0"; call("/npm/registry/valibot/x");';
  assertEquals(placelessNames(text), text);
});
