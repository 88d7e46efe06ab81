import { assertEquals } from "../../tests/harness/assert.ts";
import { seccompProgram } from "./seccomp.ts";

const ALLOW = 0x7fff_0000;
const KILL = 0x8000_0000;
const EPERM = 0x0005_0001;
const ENOSYS = 0x0005_0026;
const X86_64 = 0xc000_003e;

/** Runs a classic BPF program as the kernel does, over the words of struct seccomp_data. */
function evaluate(program: readonly bigint[], call: { nr: number; arch: number; arg0?: number }): number {
  const data: Record<number, number> = { 0: call.nr, 4: call.arch, 16: call.arg0 ?? 0 };
  let accumulator = 0;
  for (let at = 0; at < program.length; at++) {
    const word = program[at] ?? 0n;
    const [code, jt, jf] = [Number(word & 0xffffn), Number(word >> 16n & 0xffn), Number(word >> 24n & 0xffn)];
    const k = Number(word >> 32n);
    if (code === 0x06) return k;
    if (code === 0x20) accumulator = data[k] ?? 0;
    else {
      const truth = { 0x15: accumulator === k, 0x35: accumulator >= k, 0x45: (accumulator & k) !== 0 }[code];
      at += truth ? jt : jf;
    }
  }
  throw new Error("the program ended without an answer");
}

Deno.test("seccompProgram() lets ordinary calls through", () => {
  for (const nr of [0, 1, 59, 257, 434, 439]) {
    assertEquals(evaluate(seccompProgram("x86_64"), { nr, arch: X86_64 }), ALLOW, `call ${nr}`);
  }
});

Deno.test("seccompProgram() refuses the kernel's risky calls", () => {
  for (const nr of [246, 175, 321, 304, 298, 323, 155]) {
    assertEquals(evaluate(seccompProgram("x86_64"), { nr, arch: X86_64 }), EPERM, `call ${nr}`);
  }
});

Deno.test("seccompProgram() refuses new namespaces by unshare, clone and clone3, and nothing else of them", () => {
  const program = seccompProgram("x86_64");
  for (const nr of [56, 272]) {
    assertEquals(evaluate(program, { nr, arch: X86_64, arg0: 0x1000_0000 }), EPERM);
    assertEquals(evaluate(program, { nr, arch: X86_64, arg0: 0x0001_0f00 }), ALLOW);
  }
  assertEquals(evaluate(program, { nr: 435, arch: X86_64 }), ENOSYS);
});

Deno.test("seccompProgram() refuses sockets to the host, to the kernel's ciphers and of dead families", () => {
  const socket = (arg0: number) => evaluate(seccompProgram("x86_64"), { nr: 41, arch: X86_64, arg0 });
  for (const family of [12, 25, 38, 40, 46, 2 ** 32 - 1]) assertEquals(socket(family), EPERM, `${family}`);
  for (const family of [0, 1, 2, 10, 16, 17, 39, 41, 45]) assertEquals(socket(family), ALLOW, `${family}`);
  assertEquals(evaluate(seccompProgram("aarch64"), { nr: 198, arch: 0xc000_00b7, arg0: 40 }), EPERM);
});

Deno.test("seccompProgram() ends calls of another architecture and knows no x32", () => {
  assertEquals(evaluate(seccompProgram("x86_64"), { nr: 1, arch: 0x4000_0003 }), KILL);
  assertEquals(evaluate(seccompProgram("x86_64"), { nr: 0x4000_0001, arch: X86_64 }), ENOSYS);
  assertEquals(evaluate(seccompProgram("aarch64"), { nr: 104, arch: 0xc000_00b7 }), EPERM);
});
