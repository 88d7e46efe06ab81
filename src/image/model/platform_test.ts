import { assertEquals } from "../../../tests/harness/assert.ts";
import { formatPlatform, guestPlatform, normalizePlatform, runsOn } from "./platform.ts";

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

Deno.test("runsOn() knows the names that other tools write, as containerd does", () => {
  const amd64 = guestPlatform("x86_64");
  for (const architecture of ["x86_64", "x86-64", "AMD64", "amd64", ""]) {
    assertEquals([architecture, runsOn({ os: "Linux", architecture }, amd64)], [architecture, true]);
  }
  for (
    const [architecture, variant] of [["aarch64"], ["ARM64", "8"], ["arm64", "V8"], ["arm64", ""]] as const
  ) {
    assertEquals(runsOn({ os: "linux", architecture, variant }, guestPlatform("aarch64")), true);
    assertEquals(runsOn({ os: "linux", architecture, variant }, amd64), false);
  }
  assertEquals(normalizePlatform({ os: "linux", architecture: "armhf" }).variant, "v7");
  assertEquals(normalizePlatform({ os: "linux", architecture: "arm", variant: "6" }).variant, "v6");
});

Deno.test("runsOn() has each level of amd64 run on itself and those above", () => {
  const image = (variant: string) => ({ os: "linux", architecture: "amd64", variant });
  const runs = (level: string) =>
    ["v1", "v2", "v3", "v4", "v9"].map((one) => runsOn(image(one), image(level)));
  assertEquals(runs("v1"), [true, false, false, false, false]);
  assertEquals(runs("v3"), [true, true, true, false, false]);
});
