/**
 * Conditions on an argument of a system call, in classic BPF, which compares 32 bits at a time: an argument has
 * two words. Pure.
 *
 * @module
 */
import { lookUp, type RuntimeSyscallArgument, UnsupportedSpecError } from "./runtime_spec.ts";
import { AND_K, instruction, JEQ, JGE, JGT, LD_W_ABS } from "./seccomp_bpf.ts";

/** Offset of args[0] in struct seccomp_data; each is a little-endian u64. */
const ARGS = 16;

/** Most arguments of a system call. */
const ARGUMENTS = 6;

/** A number of 64 bits as two words, and where the words of the argument are. */
interface Words {
  readonly high: number;
  readonly low: number;
  readonly loadHigh: bigint;
  readonly loadLow: bigint;
}

/** What a comparison becomes; `fail` is the length of what is jumped over when it does not hold. */
type Comparison = (words: Words, fail: number) => bigint[];

const equal: Comparison = ({ high, low, loadHigh, loadLow }, fail) => [
  loadHigh,
  instruction(JEQ, high, 0, 2 + fail),
  loadLow,
  instruction(JEQ, low, 0, fail),
];

const notEqual: Comparison = ({ high, low, loadHigh, loadLow }, fail) => [
  loadHigh,
  instruction(JEQ, high, 0, 2),
  loadLow,
  instruction(JEQ, low, fail, 0),
];

/** At least (JGE) or more than (JGT). */
const above = (low: number): Comparison => ({ high, low: number, loadHigh, loadLow }, fail) => [
  loadHigh,
  instruction(JGT, high, 3, 0),
  instruction(JEQ, high, 0, 2 + fail),
  loadLow,
  instruction(low, number, 0, fail),
];

/** Not at least (JGE) or not more than (JGT). */
const notAbove = (low: number): Comparison => ({ high, low: number, loadHigh, loadLow }, fail) => [
  loadHigh,
  instruction(JGT, high, 3 + fail, 0),
  instruction(JEQ, high, 0, 2),
  loadLow,
  instruction(low, number, fail, 0),
];

const comparisons: Readonly<Record<string, Comparison>> = {
  SCMP_CMP_EQ: equal,
  SCMP_CMP_NE: notEqual,
  SCMP_CMP_GE: above(JGE),
  SCMP_CMP_GT: above(JGT),
  SCMP_CMP_LE: notAbove(JGT),
  SCMP_CMP_LT: notAbove(JGE),
};

/**
 * Instructions that go on behind them when a condition holds, and jump over so many more when it does not.
 *
 * @throws {UnsupportedSpecError} for a comparison or an argument that there is none of
 */
export function argumentCheck(argument: RuntimeSyscallArgument, fail: number): bigint[] {
  const { index, value, valueTwo = 0, op } = argument;
  if (!(index >= 0 && index < ARGUMENTS)) {
    throw new UnsupportedSpecError("linux.seccomp.syscalls.args", `${index}`);
  }
  const at = ARGS + 8 * index;
  const load = { loadHigh: instruction(LD_W_ABS, at + 4), loadLow: instruction(LD_W_ABS, at) };
  if (op === "SCMP_CMP_MASKED_EQ") return masked(split(value), { ...split(valueTwo), ...load }, fail);
  return lookUp(comparisons, op, "linux.seccomp.syscalls.args.op")({ ...split(value), ...load }, fail);
}

/** A word whose mask is 0 is not looked at. */
function masked(mask: { high: number; low: number }, words: Words, fail: number): bigint[] {
  const low = maskedWord(words.loadLow, mask.low, words.low, fail);
  return [...maskedWord(words.loadHigh, mask.high, words.high, fail + low.length), ...low];
}

function maskedWord(load: bigint, mask: number, value: number, fail: number): bigint[] {
  if (mask === 0 && value === 0) return [];
  return [load, instruction(AND_K, mask), instruction(JEQ, value, 0, fail)];
}

function split(value: number): { high: number; low: number } {
  const exact = BigInt.asUintN(64, BigInt(value));
  return { high: Number(exact >> 32n), low: Number(exact & 0xffff_ffffn) };
}
