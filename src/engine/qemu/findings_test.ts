import { assertEquals, assertMatch } from "../../../tests/harness/assert.ts";
import { judgeQemu, qemu } from "./findings.ts";

Deno.test("judgeQemu() tells what is too old", () => {
  assertEquals(judgeQemu("/q", "QEMU emulator version 7.2.22 (Debian 1:7.2)").details, "7.2.22, /q");
  assertEquals(judgeQemu("/q", "QEMU emulator version 5.2.0").grade, "ok");
  const old = judgeQemu("/q", "QEMU emulator version 4.2.1");
  assertEquals([old.grade, old.details, old.remedy], [
    "missing",
    "4.2.1, /q is too old",
    "install 5.2 or later",
  ]);
});

Deno.test("qemu() says that there is none, that it does not run, or what it does not say", async () => {
  assertMatch((await qemu(undefined)).details, /^not installed/);
  assertMatch((await qemu("/no/such/qemu")).details, /^\/no\/such\/qemu does not run \(/);
  assertEquals((await qemu("/bin/true")).details, "/bin/true, of an unknown version");
});
