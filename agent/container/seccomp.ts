/**
 * Compiles `linux.seccomp` of a spec to a filter in classic BPF. Pure.
 *
 * Of several rules for one call the first that fits decides. A call of an architecture that is not listed ends the
 * process, and one with an x32 number answers ENOSYS.
 *
 * @module
 */
import { lookUp, type RuntimeSeccomp, type RuntimeSyscalls, UnsupportedSpecError } from "./runtime_spec.ts";
import { argumentCheck } from "./seccomp_argument.ts";
import { instruction, JEQ, JGE, JMP, LD_W_ABS, RET } from "./seccomp_bpf.ts";
import { type Architecture, architectures } from "./seccomp_calls.ts";

/** Answers of linux/seccomp.h; ERRNO has the errno in its lower half. */
const actions: Readonly<Record<string, number>> = {
  SCMP_ACT_ALLOW: 0x7fff_0000,
  SCMP_ACT_ERRNO: 0x0005_0000,
  SCMP_ACT_KILL: 0,
  SCMP_ACT_KILL_PROCESS: 0x8000_0000,
  SCMP_ACT_KILL_THREAD: 0,
  SCMP_ACT_LOG: 0x7ffc_0000,
  SCMP_ACT_TRAP: 0x0003_0000,
};

const EPERM = 1;
const ENOSYS = 38;

/** x32 calls have this bit (asm/unistd.h, __X32_SYSCALL_BIT). */
const X32_BIT = 0x4000_0000;

/** Offsets in struct seccomp_data. */
const NR = 0;
const ARCH = 4;

/** Longest jump of a condition. */
const LONGEST_JUMP = 255;

/**
 * The filter.
 *
 * @returns struct sock_filter[], one u64 each
 * @throws {UnsupportedSpecError} for an architecture, an action, a call or a comparison that is not known
 */
export function seccompProgram(seccomp: RuntimeSeccomp): bigint[] {
  const listed = seccomp.architectures ?? Object.keys(architectures);
  const sections = listed.flatMap((name) => {
    const architecture = lookUp(architectures, name, "linux.seccomp.architectures");
    return onlyFor(architecture.audit, section(architecture, seccomp));
  });
  return [instruction(LD_W_ABS, ARCH), ...sections, ret("SCMP_ACT_KILL_PROCESS")];
}

/** The filter of one architecture. */
function section({ x32, calls }: Architecture, seccomp: RuntimeSeccomp): bigint[] {
  const otherwise = ret(seccomp.defaultAction, seccomp.defaultErrnoRet);
  return [
    instruction(LD_W_ABS, NR),
    ...(x32 ? [instruction(JGE, X32_BIT, 0, 1), ret("SCMP_ACT_ERRNO", ENOSYS)] : []),
    ...[...rulesByCall(seccomp.syscalls ?? [])].flatMap(([name, rules]) => {
      const number = calls[name];
      if (number === undefined) return [];
      // Behind a rule without conditions there is nothing to come to.
      const last = rules.findIndex(({ args = [] }) => args.length === 0);
      if (last >= 0) return onlyFor(number, rules.slice(0, last + 1).flatMap(ruleInstructions));
      return onlyFor(number, [...rules.flatMap(ruleInstructions), otherwise]);
    }),
    otherwise,
  ];
}

/** The rules of each call, in their order. */
function rulesByCall(rules: readonly RuntimeSyscalls[]): Map<string, RuntimeSyscalls[]> {
  const found = new Map<string, RuntimeSyscalls[]>();
  for (const rule of rules) {
    for (const name of rule.names) {
      const known = Object.values(architectures).some(({ calls }) => Object.hasOwn(calls, name));
      if (!known) throw new UnsupportedSpecError("linux.seccomp.syscalls", name);
      found.set(name, [...found.get(name) ?? [], rule]);
    }
  }
  return found;
}

/** The conditions, each of which jumps behind the answer when it does not hold. */
function ruleInstructions({ action, errnoRet, args = [] }: RuntimeSyscalls): bigint[] {
  return args.reduceRight(
    (rest, argument) => [...argumentCheck(argument, rest.length), ...rest],
    [ret(action, errnoRet)],
  );
}

/** Jumps over what is not for the word that was loaded. */
function onlyFor(value: number, body: readonly bigint[]): bigint[] {
  if (body.length <= LONGEST_JUMP) return [instruction(JEQ, value, 0, body.length), ...body];
  return [instruction(JEQ, value, 1, 0), instruction(JMP, body.length), ...body];
}

function ret(action: string, errno: number = EPERM): bigint {
  const answer = lookUp(actions, action, "linux.seccomp.action");
  return instruction(RET, action === "SCMP_ACT_ERRNO" ? answer | errno : answer);
}
