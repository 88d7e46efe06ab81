import config from "../../deno.json" with { type: "json" };
import { assertEquals, assertThrows, assertTrue } from "../../tests/harness/assert.ts";
import { cycloneDx, npmComponents, packageComponents, partComponents } from "./sbom.ts";

Deno.test("npmComponents() has every package of deno.json that a binary contains, with its licence", () => {
  const names = npmComponents(config.imports).map(({ name }) => name);
  assertTrue(names.includes("commander") && !names.includes("esbuild"));
  assertThrows(() => npmComponents({ left: "npm:left@1.0.0" }), TypeError, "no licence for it");
});

Deno.test("cycloneDx() has name, version, licence and digest of each component, and the same bytes each time", () => {
  const part = {
    name: "libkrun",
    target: "x86_64-linux",
    version: "1",
    client: "npm",
    package: "p@1",
    file: "f",
    sha256: "ab",
  };
  const components = [
    ...partComponents([part], new Map([["libkrun x86_64-linux", "Apache-2.0"]])),
    ...packageComponents(
      "#package\tversion\nmusl\t1.2.5-r23\tMIT\tmusl 8aef\nlibc6\t2.36-9\tLGPL\tDebian\n",
      "aarch64",
    ),
  ];
  const text = cycloneDx("1.2.3", "aarch64-linux", components);
  const document = JSON.parse(text);
  assertEquals([document.bomFormat, document.specVersion, document.metadata.component.version], [
    "CycloneDX",
    "1.5",
    "1.2.3",
  ]);
  assertEquals(document.components[0].hashes, [{ alg: "SHA-256", content: "ab" }]);
  assertEquals(document.components.map(({ purl }: { purl?: string }) => purl), [
    undefined,
    "pkg:apk/alpine/musl@1.2.5-r23?arch=aarch64",
    undefined,
  ]);
  assertEquals(new Set(document.components.map((one: { "bom-ref": string }) => one["bom-ref"])).size, 3);
  assertEquals(cycloneDx("1.2.3", "aarch64-linux", components), text);
});
