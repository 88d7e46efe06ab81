import { assertEquals } from "../../../tests/harness/assert.ts";
import { formatPlatform, guestPlatform, runsOn } from "./platform.ts";

Deno.test("guestPlatform() is Linux on the host's processor", () => {
  assertEquals(formatPlatform(guestPlatform("x86_64")), "linux/amd64");
  assertEquals(formatPlatform(guestPlatform("aarch64")), "linux/arm64/v8");
});

Deno.test("runsOn() compares what the image says", () => {
  const amd64 = guestPlatform("x86_64");
  assertEquals(runsOn({ os: "linux", architecture: "amd64" }, amd64), true);
  assertEquals(runsOn({ os: "linux", architecture: "amd64", variant: "v1" }, amd64), true);
  assertEquals(runsOn({ os: "linux", architecture: "amd64", variant: "v3" }, amd64), false);
  assertEquals(runsOn({ os: "", architecture: "" }, amd64), true);
  assertEquals(runsOn({ os: "windows", architecture: "amd64" }, amd64), false);
  assertEquals(runsOn({ os: "linux", architecture: "arm64" }, amd64), false);
  assertEquals(runsOn({ os: "linux", architecture: "arm64" }, guestPlatform("aarch64")), true);
});
