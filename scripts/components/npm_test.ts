import config from "../../deno.json" with { type: "json" };
import { assertEquals, assertThrows, assertTrue } from "../../tests/harness/assert.ts";
import { readSources } from "../../tests/contract/sources.ts";
import { compiledIn, npmComponents, npmFolder } from "./npm.ts";
import { Texts } from "./texts.ts";

Deno.test("compiledIn() has the packages that the sources import, and no others", () => {
  const imported = new Set(readSources(["src", "agent", "main.ts"]).flatMap(({ packages }) => packages));
  const wanted = Object.keys(config.imports).filter((name) => imported.has(name));
  assertEquals(compiledIn(config.imports).map(({ name }) => name), wanted);
  assertThrows(() => compiledIn({ left: "npm:left" }), TypeError, "pins no version");
});

Deno.test("npmComponents() has each package's licence and text from the package itself", () => {
  const texts = new Texts();
  const components = npmComponents(config.imports, npmFolder(), texts);
  for (const { name, licence, texts: [file = ""] } of components) {
    assertTrue(/^(MIT|BSD-3-Clause)$/.test(licence), `${name}: ${licence}`);
    assertTrue(/Copyright \(c\)/i.test(texts.files.get(file) ?? ""), name);
  }
});
