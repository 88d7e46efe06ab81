import { assertEquals, assertThrows } from "../tests/harness/assert.ts";
import { thisTarget } from "../src/target.ts";
import { wantedTarget } from "./build.ts";

Deno.test("wantedTarget() is this machine unless --target names another", () => {
  assertEquals(wantedTarget([]), thisTarget);
  const mac = { system: "darwin", processor: "aarch64" };
  assertEquals([wantedTarget(["--target", "aarch64-darwin"]), wantedTarget(["--target=aarch64-darwin"])], [
    mac,
    mac,
  ]);
});

Deno.test("wantedTarget() refuses what it does not know, with the names that it does", () => {
  assertThrows(
    () => wantedTarget(["--target", "riscv64-linux"]),
    TypeError,
    "there are x86_64-linux, aarch64-linux",
  );
  for (
    const words of [["--target"], ["aarch64-linux"], ["--target", "aarch64-linux", "x86_64-linux"], [
      "--help",
    ]]
  ) {
    assertThrows(() => wantedTarget(words), TypeError, "write deno task build --target TARGET");
  }
});
