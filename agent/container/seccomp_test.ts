import { assertEquals, assertThrows } from "../../tests/harness/assert.ts";
import { type RuntimeSyscalls, UnsupportedSpecError } from "./runtime_spec.ts";
import { seccompProgram } from "./seccomp.ts";
import {
  AARCH64,
  ALLOW,
  answerOf,
  ENOSYS,
  EPERM,
  KILL_PROCESS,
  X86_64,
} from "../../tests/harness/seccomp_kernel.ts";

const REBOOT = 169;
const MOUNT = 165;

/** The answer of a filter that allows what no rule is about. */
function answer(
  rules: readonly RuntimeSyscalls[],
  call: { nr: number; args?: bigint[]; arch?: number },
): number {
  const architectures = ["SCMP_ARCH_X86_64"];
  const program = seccompProgram({ defaultAction: "SCMP_ACT_ALLOW", architectures, syscalls: rules });
  return answerOf(program, { arch: X86_64, ...call });
}

Deno.test("seccompProgram() answers by name, and by default where no rule is about a call", () => {
  const rules = [
    { names: ["reboot", "kexec_load"], action: "SCMP_ACT_ERRNO" },
    { names: ["mount"], action: "SCMP_ACT_KILL_PROCESS" },
  ];
  assertEquals(answer(rules, { nr: REBOOT }), EPERM);
  assertEquals(answer(rules, { nr: 246 }), EPERM);
  assertEquals(answer(rules, { nr: MOUNT }), KILL_PROCESS);
  assertEquals(answer(rules, { nr: 0 }), ALLOW);
  const closed = seccompProgram({
    defaultAction: "SCMP_ACT_ERRNO",
    defaultErrnoRet: 38,
    syscalls: [{ names: ["reboot"], action: "SCMP_ACT_ALLOW" }],
  });
  assertEquals(answerOf(closed, { arch: X86_64, nr: 0 }), ENOSYS);
  assertEquals(answerOf(closed, { arch: X86_64, nr: REBOOT }), ALLOW);
  assertEquals(answerOf(closed, { arch: AARCH64, nr: 142 }), ALLOW);
});

Deno.test("seccompProgram() ends calls of an architecture that is not listed, and knows no x32", () => {
  assertEquals(answer([], { nr: 1, arch: 0x4000_0003 }), KILL_PROCESS);
  assertEquals(answer([], { nr: 1, arch: AARCH64 }), KILL_PROCESS);
  assertEquals(answer([], { nr: 0x4000_0001 }), ENOSYS);
});

Deno.test("seccompProgram() asks for all of a rule's arguments, and takes the first rule that fits", () => {
  const rules = [
    {
      names: ["mount"],
      action: "SCMP_ACT_ERRNO",
      args: [{ index: 0, value: 1, op: "SCMP_CMP_EQ" }, { index: 3, value: 2, op: "SCMP_CMP_EQ" }],
    },
    { names: ["mount"], action: "SCMP_ACT_KILL_PROCESS", args: [{ index: 0, value: 1, op: "SCMP_CMP_EQ" }] },
  ];
  assertEquals(answer(rules, { nr: MOUNT, args: [1n, 0n, 0n, 2n] }), EPERM);
  assertEquals(answer(rules, { nr: MOUNT, args: [1n, 0n, 0n, 3n] }), KILL_PROCESS);
  assertEquals(answer(rules, { nr: MOUNT, args: [2n, 0n, 0n, 2n] }), ALLOW);
});

Deno.test("seccompProgram() reaches over a call with many rules", () => {
  const rules = Array.from({ length: 100 }, (_, value) => ({
    names: ["mount"],
    action: "SCMP_ACT_ERRNO",
    args: [{ index: 0, value, op: "SCMP_CMP_EQ" }],
  }));
  const last = { names: ["reboot"], action: "SCMP_ACT_ERRNO" };
  assertEquals(answer([...rules, last], { nr: REBOOT }), EPERM);
  assertEquals(answer([...rules, last], { nr: MOUNT, args: [99n] }), EPERM);
  assertEquals(answer([...rules, last], { nr: MOUNT, args: [100n] }), ALLOW);
});

Deno.test("seccompProgram() refuses calls, actions and architectures that it does not know", () => {
  const refused = (rule: RuntimeSyscalls, words: string) =>
    assertThrows(() => answer([rule], { nr: 0 }), UnsupportedSpecError, words);
  refused({ names: ["no_such_call"], action: "SCMP_ACT_ERRNO" }, "no_such_call");
  refused({ names: ["mount"], action: "SCMP_ACT_NOTIFY" }, "SCMP_ACT_NOTIFY");
  const odd = { defaultAction: "SCMP_ACT_ALLOW", architectures: ["SCMP_ARCH_X86"] };
  assertThrows(() => seccompProgram(odd), UnsupportedSpecError, "SCMP_ARCH_X86");
});
