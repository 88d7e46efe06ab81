/**
 * Which devices a container may use, as an eBPF program for its cgroup: making a node with mknod(2) does not lead
 * to the VM's disks then. Pure.
 *
 * @module
 */
import { lookUp, type RuntimeDeviceRule } from "./runtime_spec.ts";

/** Opcodes: class, size or operation, and source, as linux/bpf.h composes them. */
const LDX_W = 0x61;
const AND32_K = 0x54;
const MOV64_K = 0xb7;
const MOV64_X = 0xbf;
const JEQ_K = 0x15;
const JNE_K = 0x55;
const EXIT = 0x95;

/** bpf_cgroup_dev_ctx: u32 access_type (BPF_DEVCG_DEV_* in the low half, BPF_DEVCG_ACC_* in the high), major, minor. */
const accesses: Readonly<Record<string, number>> = { m: 1 << 16, r: 2 << 16, w: 4 << 16 };
const ALL_ACCESSES = 7 << 16;
const types: Readonly<Record<string, number>> = { b: 1, c: 2 };

/** Registers. */
const ANSWER = 0;
const CONTEXT = 1;
const TYPE = 2;
const ACCESS = 3;
const MAJOR = 4;
const MINOR = 5;
const SCRATCH = 6;

interface Instruction {
  readonly code: number;
  readonly target?: number;
  readonly source?: number;
  readonly offset?: number;
  readonly value?: number;
}

/**
 * The program: the last rule that fits decides, and a device that none fits is refused. An allowing rule fits when
 * it allows every access that is asked for, a refusing one when it refuses any of them.
 *
 * @returns struct bpf_insn[]
 * @throws {UnsupportedSpecError} for a type or an access that is not known
 */
export function deviceProgram(rules: readonly RuntimeDeviceRule[]): Uint8Array<ArrayBuffer> {
  // The kernel refuses a program with instructions that are never reached: none follows a rule that always fits.
  const last = rules.findLastIndex(isUnconditional);
  const judged = rules.slice(Math.max(last, 0)).toReversed().flatMap(ruleInstructions);
  return encode([
    { code: LDX_W, target: TYPE, source: CONTEXT, offset: 0 },
    { code: AND32_K, target: TYPE, value: 0xffff },
    { code: LDX_W, target: ACCESS, source: CONTEXT, offset: 0 },
    { code: AND32_K, target: ACCESS, value: ALL_ACCESSES },
    { code: LDX_W, target: MAJOR, source: CONTEXT, offset: 4 },
    { code: LDX_W, target: MINOR, source: CONTEXT, offset: 8 },
    ...judged,
    ...(last < 0 ? answer(0) : []),
  ]);
}

function isUnconditional({ type = "a", major, minor, access = "rwm" }: RuntimeDeviceRule): boolean {
  return type === "a" && major === undefined && minor === undefined && new Set(access).size === 3;
}

/** Each condition that does not hold jumps behind the rule's answer. */
function ruleInstructions(
  { allow, type = "a", major, minor, access = "rwm" }: RuntimeDeviceRule,
): Instruction[] {
  const asked = [...access].reduce(
    (all, letter) => all | lookUp(accesses, letter, "linux.resources.devices.access"),
    0,
  );
  let body = answer(allow ? 1 : 0);
  const only = (target: number, value: number | undefined) => {
    if (value !== undefined) body = [{ code: JNE_K, target, value, offset: body.length }, ...body];
  };
  only(MINOR, minor);
  only(MAJOR, major);
  if (asked !== ALL_ACCESSES) {
    body = [
      { code: MOV64_X, target: SCRATCH, source: ACCESS },
      { code: AND32_K, target: SCRATCH, value: allow ? ALL_ACCESSES & ~asked : asked },
      { code: allow ? JNE_K : JEQ_K, target: SCRATCH, value: 0, offset: body.length },
      ...body,
    ];
  }
  if (type !== "a") only(TYPE, lookUp(types, type, "linux.resources.devices.type"));
  return body;
}

function answer(value: number): Instruction[] {
  return [{ code: MOV64_K, target: ANSWER, value }, { code: EXIT }];
}

/** struct bpf_insn: code u8, dst_reg:4 src_reg:4, off s16, imm s32. */
function encode(instructions: readonly Instruction[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(instructions.length * 8);
  const view = new DataView(bytes.buffer);
  instructions.forEach(({ code, target = 0, source = 0, offset = 0, value = 0 }, index) => {
    view.setUint8(index * 8, code);
    view.setUint8(index * 8 + 1, target | source << 4);
    view.setInt16(index * 8 + 2, offset, true);
    view.setInt32(index * 8 + 4, value | 0, true);
  });
  return bytes;
}
