import { assertEquals, assertTrue } from "../../tests/harness/assert.ts";
import { kernelCommandLine } from "./kernel_command_line.ts";

Deno.test("kernelCommandLine() boots our root without calibration under emulation", () => {
  const words = kernelCommandLine({ cpus: 1, emulated: true }).split(" ");
  for (const word of ["root=/dev/vda", "ro", "reboot=t", "panic=-1", "no_timer_check"]) {
    assertTrue(words.includes(word), word);
  }
  assertEquals(words.includes("tsc=unstable"), false);
});

Deno.test("kernelCommandLine() distrusts the time stamp counter of several emulated processors only", () => {
  assertTrue(kernelCommandLine({ cpus: 2, emulated: true }).includes("tsc=unstable"));
  assertTrue(!kernelCommandLine({ cpus: 2, emulated: false }).includes("tsc=unstable"));
});
