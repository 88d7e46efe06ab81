import { assertEquals, assertThrows } from "../../../tests/harness/assert.ts";
import { SmolvmError } from "../../error.ts";
import { readSignal } from "./signal_option.ts";

Deno.test("readSignal() reads names with and without SIG, in any case, and numbers", () => {
  const words = ["KILL", "sigusr1", "9", "15", "term", "SIGRTMIN+1"];
  assertEquals(words.map((word) => readSignal("-s", word)), [9, 10, 9, 15, 15, 35]);
});

Deno.test("readSignal() refuses what is no signal, which is not SIGTERM then", () => {
  for (const word of ["", "0", "65", "-9", "NOPE", "RTMAX+1x"]) {
    assertThrows(() => readSignal("-s", word), SmolvmError, "there is no such signal");
  }
});
