import { assertEquals, assertThrows } from "../tests/harness/assert.ts";
import { guestOf, parseTarget, targetName, targetNames, targetTitle, thisTarget } from "./target.ts";

Deno.test("parseTarget() and targetName() are each other's inverse, for every target", () => {
  assertEquals(targetNames.map((name) => targetName(parseTarget(name))), [...targetNames]);
  assertEquals(parseTarget("aarch64-darwin"), { system: "darwin", processor: "aarch64" });
  assertEquals(targetName(thisTarget), `${Deno.build.arch}-${Deno.build.os}`);
});

Deno.test("parseTarget() takes other people's names for none of ours", () => {
  for (const name of ["", "arm64-darwin", "x86_64", "linux-x86_64", "x86_64-linux-gnu", "constructor"]) {
    assertThrows(() => parseTarget(name), TypeError, "there are x86_64-linux, ");
  }
});

Deno.test("guestOf() is Linux on the host's processor, and targetTitle() is for people", () => {
  assertEquals(targetNames.map((name) => targetName(guestOf(parseTarget(name)))), [
    "x86_64-linux",
    "aarch64-linux",
    "aarch64-linux",
    "x86_64-linux",
  ]);
  assertEquals(targetTitle("x86_64-darwin"), "macOS on Intel");
  assertEquals(targetTitle("toString"), "toString");
});
