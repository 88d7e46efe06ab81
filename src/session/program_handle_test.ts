import { assertEquals } from "../../tests/harness/assert.ts";
import { programOf } from "./program_handle.ts";

Deno.test("programOf() sends signals by number, and can do nothing else", () => {
  const sent: unknown[] = [];
  const program = programOf({ send: (request) => sent.push(request) });
  program.signal(15);
  assertEquals([sent, Object.keys(program)], [[{ kind: "signal", signal: 15 }], ["signal"]]);
});
