import { assertEquals } from "../../tests/harness/assert.ts";
import { instruction, JEQ } from "./seccomp_bpf.ts";

Deno.test("instruction() lies in memory as struct sock_filter does", () => {
  const bytes = new Uint8Array(BigUint64Array.of(instruction(JEQ, 0x8000_0001, 2, 3)).buffer);
  // code u16, jt u8, jf u8, k u32
  assertEquals([...bytes], [0x15, 0, 2, 3, 1, 0, 0, 0x80]);
});
