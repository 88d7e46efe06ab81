import { assertEquals } from "../../tests/harness/assert.ts";
import { parseLine } from "./lab_lines.ts";

Deno.test("parseLine() reads beginnings and ends, and nothing else", () => {
  assertEquals(parseLine("begin 12"), { kind: "begin", job: 12 });
  assertEquals(parseLine("end 12 124"), { kind: "end", job: 12, status: 124 });
  assertEquals(["begin", "end 1", "# end 1 2", ""].map(parseLine), Array(4).fill(undefined));
});
