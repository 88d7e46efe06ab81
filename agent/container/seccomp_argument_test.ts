import fc from "fast-check";
import { assertEquals, assertThrows } from "../../tests/harness/assert.ts";
import { answerOf, X86_64 } from "../../tests/harness/seccomp_kernel.ts";
import { UnsupportedSpecError } from "./runtime_spec.ts";
import { argumentCheck } from "./seccomp_argument.ts";
import { instruction, RET } from "./seccomp_bpf.ts";

/** Whether a condition holds for an argument, by a filter that answers 1 then and 2 otherwise. */
function holds(op: string, argument: bigint, value: number, valueTwo?: number): boolean {
  const check = argumentCheck({ index: 2, value, op, ...(valueTwo !== undefined && { valueTwo }) }, 1);
  const program = [...check, instruction(RET, 1), instruction(RET, 2)];
  return answerOf(program, { nr: 0, arch: X86_64, args: [0n, 0n, argument] }) === 1;
}

const comparisons: Record<string, (a: bigint, b: bigint) => boolean> = {
  SCMP_CMP_EQ: (a, b) => a === b,
  SCMP_CMP_NE: (a, b) => a !== b,
  SCMP_CMP_LT: (a, b) => a < b,
  SCMP_CMP_LE: (a, b) => a <= b,
  SCMP_CMP_GT: (a, b) => a > b,
  SCMP_CMP_GE: (a, b) => a >= b,
};

/** Numbers near each other and near the border between the two words. */
const number = fc.oneof(
  fc.constantFrom(0, 1, 2 ** 31, 2 ** 32 - 1, 2 ** 32, 2 ** 32 + 1, 2 ** 53 - 1),
  fc.nat(),
  fc.maxSafeNat(),
);

Deno.test("argumentCheck() compares all 64 bits", () => {
  fc.assert(fc.property(number, number, (argument, value) => {
    for (const [op, compare] of Object.entries(comparisons)) {
      assertEquals(holds(op, BigInt(argument), value), compare(BigInt(argument), BigInt(value)), op);
    }
  }));
});

Deno.test("argumentCheck() compares what a mask leaves", () => {
  fc.assert(fc.property(number, number, number, (argument, mask, value) => {
    const expected = (BigInt(argument) & BigInt(mask)) === BigInt(value);
    assertEquals(holds("SCMP_CMP_MASKED_EQ", BigInt(argument), mask, value), expected);
    const same = Number(BigInt(argument) & BigInt(mask));
    assertEquals(holds("SCMP_CMP_MASKED_EQ", BigInt(argument), mask, same), true);
  }));
});

Deno.test("argumentCheck() refuses a comparison and an argument that there is none of", () => {
  assertThrows(
    () => argumentCheck({ index: 0, value: 0, op: "SCMP_CMP_ODD" }, 0),
    UnsupportedSpecError,
    "ODD",
  );
  assertThrows(() => argumentCheck({ index: 6, value: 0, op: "SCMP_CMP_EQ" }, 0), UnsupportedSpecError, "6");
});
