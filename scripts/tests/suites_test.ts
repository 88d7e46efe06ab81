import { assertEquals, assertThrows } from "../../tests/harness/assert.ts";
import { chosenSuites, labFiles, suiteFolders, suiteNames } from "./suites.ts";

const folders = [
  "src",
  "tests/oracle",
  "agent",
  "tests/contract",
  "tests/harness",
  "scripts",
  "tests/functional",
];

Deno.test("suiteFolders() puts every folder into one suite, and those with VMs into one for each engine", () => {
  assertEquals(suiteFolders("unit", folders), ["agent", "scripts", "src", "tests/harness"]);
  assertEquals(suiteFolders("contract", folders), ["tests/contract"]);
  assertEquals(suiteFolders("images", folders), ["tests/oracle"]);
  assertEquals(suiteFolders("qemu", folders), ["tests/functional"]);
  assertEquals(suiteFolders("krun", folders), ["tests/functional"]);
});

Deno.test("chosenSuites() knows groups, keeps the order, and refuses what it does not know", () => {
  assertEquals(chosenSuites(["krun", "unit"]), ["unit", "krun"]);
  assertEquals(chosenSuites(["functional", "krun"]), ["images", "qemu", "krun"]);
  assertEquals(chosenSuites([]), [...suiteNames]);
  assertThrows(() => chosenSuites(["fast"]), TypeError, "Cannot run suite fast: there are unit");
});

Deno.test("labFiles() leaves out what is the same on every engine", () => {
  const files = ["tests/functional/image_bounds_test.ts", "tests/functional/run_test.ts"];
  assertEquals(labFiles(files), ["tests/functional/run_test.ts"]);
});
