import { assertEquals } from "../../tests/harness/assert.ts";
import { suiteFolders } from "./suites.ts";

const folders = [
  "src",
  "tests/oracle",
  "agent",
  "tests/contract",
  "tests/harness",
  "scripts",
  "tests/functional",
];

Deno.test("suiteFolders() puts every folder into exactly one suite", () => {
  assertEquals(suiteFolders("unit", folders), ["agent", "scripts", "src", "tests/harness"]);
  assertEquals(suiteFolders("contract", folders), ["tests/contract"]);
  assertEquals(suiteFolders("functional", folders), ["tests/functional", "tests/oracle"]);
});
