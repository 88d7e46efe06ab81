import { assertEquals, assertTrue } from "../../tests/harness/assert.ts";
import { kernelCommandLine } from "./kernel_command_line.ts";

Deno.test("kernelCommandLine() boots our root without calibration under emulation", () => {
  const words = kernelCommandLine({ cpus: 1, emulated: true, brief: true }).split(" ");
  for (const word of ["root=/dev/vda", "ro", "reboot=t", "panic=-1", "no_timer_check"]) {
    assertTrue(words.includes(word), word);
  }
  assertEquals(words.includes("tsc=unstable"), false);
});

Deno.test("kernelCommandLine() distrusts the time stamp counter of several emulated processors only", () => {
  assertTrue(kernelCommandLine({ cpus: 2, emulated: true, brief: true }).includes("tsc=unstable"));
  assertTrue(!kernelCommandLine({ cpus: 2, emulated: false, brief: true }).includes("tsc=unstable"));
});

Deno.test("kernelCommandLine() spares the timer's calibration only where that costs nothing later", () => {
  assertTrue(kernelCommandLine({ cpus: 1, emulated: true, brief: true }).includes("noapictimer"));
  assertTrue(!kernelCommandLine({ cpus: 1, emulated: true, brief: false }).includes("noapictimer"));
  assertTrue(!kernelCommandLine({ cpus: 2, emulated: true, brief: true }).includes("noapictimer"));
});
