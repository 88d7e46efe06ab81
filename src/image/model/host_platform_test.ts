import { assertEquals } from "../../../tests/harness/assert.ts";
import { hostPlatform, withLevel } from "./host_platform.ts";
import { guestPlatform } from "./platform.ts";

const V2 = "cx16 lahf_lm popcnt pni sse4_1 sse4_2 ssse3";
const V3 = "abm avx avx2 bmi1 bmi2 f16c fma movbe xsave";

Deno.test("withLevel() reads the level of a processor from its flags", () => {
  const level = (flags: string) =>
    withLevel(guestPlatform("x86_64"), `processor\t: 0\nflags\t\t: fpu ${flags}\nbugs\t\t:\n`).variant;
  assertEquals([level(""), level(V2), level(`${V2} ${V3}`)], [undefined, "v2", "v3"]);
  // A level without the one below it is none; that is how a hypervisor hides single instructions.
  assertEquals([level(V3), level(`${V2} ${V3}`.replace("avx2", ""))], [undefined, "v2"]);
  assertEquals(withLevel(guestPlatform("x86_64"), "").variant, undefined);
});

Deno.test("hostPlatform() is the guest's, with a level at most", () => {
  const { os, architecture } = guestPlatform();
  assertEquals([hostPlatform().os, hostPlatform().architecture], [os, architecture]);
});
