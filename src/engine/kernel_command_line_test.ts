import { assertEquals, assertTrue } from "../../tests/harness/assert.ts";
import { plainVm as vm } from "../../tests/harness/plain_vm.ts";
import { decodeBootWords } from "../guest_protocol/boot.ts";
import { kernelCommandLine } from "./kernel_command_line.ts";
import type { VmDescription } from "./vm_description.ts";

const x86 = { processor: "x86_64" } as const;

Deno.test("kernelCommandLine() tells arm64 nothing of what only x86 has, and spares it the tests of ciphers", () => {
  const words = kernelCommandLine({ ...vm, cpus: 2 }, { emulated: true, processor: "aarch64" });
  assertTrue(/ cryptomgr\.notests$/.test(words) && !/reboot=|lpj=|timer|tsc=/.test(words), words);
});

Deno.test("kernelCommandLine() boots our root without calibration under emulation", () => {
  const words = kernelCommandLine(vm, { ...x86, emulated: true }).split(" ");
  for (const word of ["root=/dev/vda", "ro", "reboot=t", "panic=-1", "no_timer_check"]) {
    assertTrue(words.includes(word), word);
  }
  assertEquals(words.includes("tsc=unstable"), false);
});

Deno.test("kernelCommandLine() distrusts the time stamp counter of several emulated processors only", () => {
  const two = { ...vm, cpus: 2 };
  assertTrue(kernelCommandLine(two, { ...x86, emulated: true }).includes("tsc=unstable"));
  assertTrue(!kernelCommandLine(two, { ...x86, emulated: false }).includes("tsc=unstable"));
});

Deno.test("kernelCommandLine() spares the timer's calibration only where that costs nothing later", () => {
  const has = (plan: VmDescription) =>
    kernelCommandLine(plan, { ...x86, emulated: true }).includes("noapictimer");
  assertEquals([has(vm), has({ ...vm, shortLived: false }), has({ ...vm, cpus: 2 })], [true, false, false]);
});

Deno.test("kernelCommandLine() tells the guest where its storage is, and what becomes of its root", () => {
  const told = (plan: VmDescription) => decodeBootWords(kernelCommandLine(plan, { emulated: false }));
  assertEquals(told(vm), { storage: "vdb", rootWritable: false });
  assertEquals(told({ ...vm, image: "/image.erofs", rootWritable: true }), {
    storage: "vdc",
    rootWritable: true,
  });
});
