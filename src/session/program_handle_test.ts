import { assertEquals } from "../../tests/harness/assert.ts";
import { programOf } from "./program_handle.ts";

Deno.test("programOf() sends signals by number and sizes of its terminal, and can do nothing else", () => {
  const sent: unknown[] = [];
  const program = programOf({ send: (request) => sent.push(request) });
  program.signal(15);
  program.resize({ rows: 24, columns: 80 });
  assertEquals(sent, [{ kind: "signal", signal: 15 }, { kind: "resize", rows: 24, columns: 80 }]);
  assertEquals(Object.keys(program), ["signal", "resize"]);
});
