import { assertEquals } from "../../tests/harness/assert.ts";
import { signalNumber } from "./signal_names.ts";

Deno.test("signalNumber() reads what images write", () => {
  const words = ["SIGQUIT", "quit", "3", "SIGRTMIN+3", "RTMAX-1", "WINCH"];
  assertEquals(words.map(signalNumber), [3, 3, 3, 37, 63, 28]);
});

Deno.test("signalNumber() takes SIGTERM where there is no signal", () => {
  assertEquals(["", "NOPE", "0", "99"].map(signalNumber), [15, 15, 15, 15]);
});
