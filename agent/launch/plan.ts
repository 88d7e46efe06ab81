/**
 * Encodes a launch plan: the system calls between fork and exec, in order, as launch.c reads them. Pure.
 *
 * A plan is a run of steps. Each is a header (operation u16, count of numbers u16, count of strings u32,
 * little-endian as both targets are), the numbers as u64, the strings each ended by NUL, and padding to a
 * multiple of 8 bytes.
 *
 * @module
 */
import { encodeWord } from "../../src/text/byte_word.ts";

/** One system call, or the few that belong together. The names are launch.c's. */
export type Step =
  /** Writes text to a file. */
  | { readonly op: "write"; readonly path: string; readonly text: string }
  /** unshare(2) with CLONE_NEW* flags. */
  | { readonly op: "unshare"; readonly flags: number }
  /** clone(2) with CLONE_PARENT: what follows runs in the child, whose pid is told. */
  | { readonly op: "fork" }
  /** mount(2); empty strings are null. */
  | {
    readonly op: "mount";
    readonly source: string;
    readonly target: string;
    readonly type: string;
    readonly flags: number;
    readonly data?: string;
    /** A target that does not exist is left out. */
    readonly ignoreMissing?: boolean;
  }
  /** mkdir(2); one that exists is fine. */
  | { readonly op: "mkdir"; readonly path: string; readonly mode: number }
  /** mknod(2). */
  | {
    readonly op: "mknod";
    readonly path: string;
    readonly mode: number;
    readonly major: number;
    readonly minor: number;
  }
  /** symlink(2). */
  | { readonly op: "symlink"; readonly target: string; readonly path: string }
  /** pivot_root(2) into a mount point; the old root is detached. */
  | { readonly op: "pivot"; readonly root: string }
  /** chdir(2), refused when it leads out of the root. */
  | { readonly op: "chdir"; readonly path: string }
  | { readonly op: "hostname"; readonly name: string }
  /** setrlimit(2). */
  | { readonly op: "rlimit"; readonly resource: number; readonly soft: bigint; readonly hard: bigint }
  | { readonly op: "umask"; readonly mask: number }
  /** Drops every capability from the bounding set that is not in this one. */
  | { readonly op: "bounding"; readonly capabilities: bigint }
  /** capset(2): permitted and effective; inheritable is emptied. */
  | { readonly op: "capset"; readonly capabilities: bigint }
  /** seccomp(2) with classic BPF, one u64 per instruction (struct sock_filter). */
  | { readonly op: "seccomp"; readonly program: readonly bigint[] }
  /** setgroups, setresgid, setresuid. */
  | { readonly op: "ids"; readonly uid: number; readonly gid: number; readonly groups: readonly number[] }
  | { readonly op: "noNewPrivs" }
  | { readonly op: "setsid" }
  /** Sets the loopback interface of this network namespace up. */
  | { readonly op: "loopback" }
  /** open(2) into a slot, 0 to 63: a namespace to join. */
  | { readonly op: "open"; readonly slot: number; readonly path: string }
  /** open_tree(2) into a slot: a clone of a mount, which stays when the root that it came from is detached. */
  | { readonly op: "tree"; readonly slot: number; readonly path: string; readonly recursive: boolean }
  /** Hides a path: a file behind /dev/null, a folder behind an empty one; a path that does not exist is left. */
  | { readonly op: "mask"; readonly path: string }
  /** move_mount(2) of a slot over a path, which is made when absent; `flags` remount it (MS_RDONLY …). */
  | { readonly op: "bind"; readonly slot: number; readonly target: string; readonly flags: number }
  /** setns(2) with a slot. */
  | { readonly op: "setns"; readonly slot: number; readonly type: number }
  /** This process becomes a small init; what follows runs in its child. */
  | { readonly op: "init" }
  /** lchown(2). */
  | { readonly op: "chown"; readonly path: string; readonly uid: number; readonly gid: number }
  /**
   * A pseudo-terminal of this root's devpts becomes the controlling terminal of this session, and descriptors 0 to 2;
   * its other end goes over the socket at descriptor 5. `console`: it is /dev/console as well.
   */
  | {
    readonly op: "terminal";
    readonly rows: number;
    readonly columns: number;
    readonly console: boolean;
  }
  /** execvp(3) with the PATH of `env`. The last step. */
  | { readonly op: "exec"; readonly argv: readonly string[]; readonly env: readonly string[] };

/** Operation numbers: launch.c's `enum op`, in its order. */
const codes: Readonly<Record<Step["op"], number>> = {
  write: 1,
  unshare: 2,
  fork: 3,
  mount: 4,
  mkdir: 5,
  mknod: 6,
  symlink: 7,
  pivot: 8,
  chdir: 9,
  hostname: 10,
  rlimit: 11,
  umask: 12,
  bounding: 13,
  capset: 14,
  seccomp: 15,
  ids: 16,
  noNewPrivs: 17,
  setsid: 18,
  loopback: 19,
  open: 20,
  bind: 21,
  setns: 22,
  init: 23,
  chown: 24,
  exec: 25,
  tree: 26,
  mask: 27,
  terminal: 28,
};

/** launch.c's IGNORE_MISSING. */
const IGNORE_MISSING = 1;

/** The operands of a step, in launch.c's order. */
function operands(step: Step): { numbers: readonly (number | bigint)[]; strings: readonly string[] } {
  switch (step.op) {
    case "write":
      return { numbers: [], strings: [step.path, step.text] };
    case "unshare":
      return { numbers: [step.flags], strings: [] };
    case "mount":
      return {
        numbers: [step.flags, step.ignoreMissing ? IGNORE_MISSING : 0],
        strings: [step.source, step.target, step.type, step.data ?? ""],
      };
    case "mkdir":
      return { numbers: [step.mode], strings: [step.path] };
    case "mknod":
      return { numbers: [step.mode, step.major, step.minor], strings: [step.path] };
    case "symlink":
      return { numbers: [], strings: [step.target, step.path] };
    case "pivot":
      return { numbers: [], strings: [step.root] };
    case "chdir":
      return { numbers: [], strings: [step.path] };
    case "hostname":
      return { numbers: [], strings: [step.name] };
    case "rlimit":
      return { numbers: [step.resource, step.soft, step.hard], strings: [] };
    case "umask":
      return { numbers: [step.mask], strings: [] };
    case "bounding":
    case "capset":
      return { numbers: [step.capabilities], strings: [] };
    case "seccomp":
      return { numbers: step.program, strings: [] };
    case "ids":
      return { numbers: [step.uid, step.gid, ...step.groups], strings: [] };
    case "open":
      return { numbers: [step.slot], strings: [step.path] };
    case "tree":
      return { numbers: [step.slot, step.recursive ? 1 : 0], strings: [step.path] };
    case "mask":
      return { numbers: [], strings: [step.path] };
    case "bind":
      return { numbers: [step.slot, step.flags], strings: [step.target] };
    case "setns":
      return { numbers: [step.slot, step.type], strings: [] };
    case "chown":
      return { numbers: [step.uid, step.gid], strings: [step.path] };
    case "terminal":
      return { numbers: [step.rows, step.columns, step.console ? 1 : 0], strings: [] };
    case "exec":
      return { numbers: [step.argv.length], strings: [...step.argv, ...step.env] };
    default:
      return { numbers: [], strings: [] };
  }
}

/** Bytes of a step's header. */
const HEAD_BYTES = 8;

/**
 * Encodes a plan.
 *
 * @throws {TypeError} when a string holds a NUL, which C would read as its end
 * @throws {RangeError} when a step has too many numbers
 */
export function encodePlan(steps: readonly Step[]): Uint8Array<ArrayBuffer> {
  const parts = steps.map(encodeStep);
  const plan = new Uint8Array(parts.reduce((total, part) => total + part.length, 0));
  let at = 0;
  for (const part of parts) {
    plan.set(part, at);
    at += part.length;
  }
  return plan;
}

function encodeStep(step: Step): Uint8Array {
  const { numbers, strings } = operands(step);
  if (numbers.length > 0xffff) {
    throw new RangeError(`Cannot encode step ${step.op}: ${numbers.length} numbers`);
  }
  if (strings.some((text) => text.includes("\0"))) {
    throw new TypeError(`Cannot encode step ${step.op}: a string holds a NUL`);
  }
  const text = encodeWord(strings.map((string) => string + "\0").join(""));
  const length = HEAD_BYTES + 8 * numbers.length + text.length;
  const bytes = new Uint8Array(Math.ceil(length / 8) * 8);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, codes[step.op], true);
  view.setUint16(2, numbers.length, true);
  view.setUint32(4, strings.length, true);
  numbers.forEach((number, index) => view.setBigUint64(HEAD_BYTES + 8 * index, BigInt(number), true));
  bytes.set(text, HEAD_BYTES + 8 * numbers.length);
  return bytes;
}

/** Limits of a process by their numbers in asm-generic/resource.h. */
export const LIMITS = [
  ...["cpu", "fsize", "data", "stack", "core", "rss", "nproc", "nofile", "memlock", "as", "locks"],
  ...["sigpending", "msgqueue", "nice", "rtprio", "rttime"],
];

/** RLIM_INFINITY. */
const UNLIMITED = 2n ** 64n - 1n;

/** What a step is called when it fails: `mount /proc`, `exec`. */
export function describeStep(step: Step | undefined): string {
  if (!step) return "";
  if (step.op === "mount" || step.op === "bind") return `mount ${step.target}`;
  if (step.op === "rlimit") {
    const [soft, hard] = [step.soft, step.hard].map((limit) =>
      limit === UNLIMITED ? "unlimited" : `${limit}`
    );
    return `the limit ${LIMITS[step.resource]}=${soft}:${hard}`;
  }
  if ("path" in step) return `${step.op} ${step.path}`;
  return step.op;
}
