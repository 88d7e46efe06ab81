import { assertEquals } from "../../../../tests/harness/assert.ts";
import { settingsError } from "./settings_error.ts";

Deno.test("settingsError() is one line with the file, and the line in it where that is known", () => {
  const words = "cannot use the registries' settings in /a.conf: ";
  assertEquals(settingsError("/a.conf", { reason: "x" }).message, `${words}x; correct the file`);
  const { message, kind } = settingsError("/a.conf", { line: 3, reason: "x", remedy: "y" });
  assertEquals([message, kind], [`${words}line 3: x; y`, "registry"]);
});
