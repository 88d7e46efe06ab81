import { assertEquals, assertThrows, assertTrue } from "../../tests/harness/assert.ts";
import { aloneFiles, chosenSuites, engineOf, environment, suiteFolders, suiteNames } from "./suites.ts";

const folders = [
  "src",
  "tests/oracle",
  "agent",
  "tests/contract",
  "tests/harness",
  "scripts",
  "tests/functional",
  "tests/both_engines",
];

Deno.test("suiteFolders() puts what an engine promises on both engines, and the rest of the VMs on QEMU", () => {
  assertEquals(suiteFolders("unit", folders), ["agent", "scripts", "src", "tests/harness"]);
  assertEquals(suiteFolders("contract", folders), ["tests/contract"]);
  assertEquals(suiteFolders("images", folders), ["tests/oracle"]);
  assertEquals(suiteFolders("qemu", folders), ["tests/both_engines", "tests/functional"]);
  assertEquals(suiteFolders("krun", folders), ["tests/both_engines"]);
  assertEquals(suiteFolders("every-krun", folders), ["tests/both_engines", "tests/functional"]);
});

Deno.test("chosenSuites() knows groups, keeps the order, and refuses what it does not know", () => {
  assertEquals(chosenSuites(["krun", "unit"]), ["unit", "krun"]);
  assertEquals(chosenSuites(["functional", "krun"]), ["images", "qemu", "krun"]);
  assertEquals(chosenSuites([]), [...suiteNames]);
  assertEquals(chosenSuites(["every-krun"]), ["every-krun"]);
  assertThrows(() => chosenSuites(["fast"]), TypeError, "Cannot run suite fast: there are unit");
});

Deno.test("engineOf() is the engine of a suite's VMs", () => {
  assertEquals(["unit", "qemu", "every-krun"].map((name) => engineOf(name as "unit")), [
    undefined,
    "qemu",
    "krun",
  ]);
});

Deno.test("environment() names the engine where there is one, and the unpacked parts", () => {
  assertEquals(environment("images", "/p"), { SMOLVM_TEST_PARTS: "/p" });
  assertEquals(environment("every-krun", "/p"), { SMOLVM_TEST_PARTS: "/p", SMOLVM_ENGINE: "krun" });
});

Deno.test("aloneFiles names files that there are", () => {
  for (const file of Object.keys(aloneFiles)) assertTrue(Deno.statSync(file).isFile);
});
