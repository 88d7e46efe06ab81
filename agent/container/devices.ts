/**
 * The devices a container may touch: the nodes that are made for it, and the program in its cgroup that
 * refuses every other, so that mknod does not lead to the VM's disks. The program is pure; attaching it is
 * not.
 *
 * @module
 */
import type { Step } from "../launch/plan.ts";
import { cString } from "../../src/ffi/cstring.ts";
import { check, libc } from "../syscalls/libc.ts";
import { Descriptor } from "../syscalls/descriptor.ts";

/** Character devices of every container (runtime-spec config-linux.md, "Default Devices"). */
const nodes = [
  { name: "null", major: 1, minor: 3 },
  { name: "zero", major: 1, minor: 5 },
  { name: "full", major: 1, minor: 7 },
  { name: "random", major: 1, minor: 8 },
  { name: "urandom", major: 1, minor: 9 },
  { name: "tty", major: 5, minor: 0 },
] as const;

/** Also usable, but without a node of their own: console, ptmx, and every pseudo-terminal. */
const usable: readonly { major: number; minor: number | undefined }[] = [
  ...nodes,
  { major: 5, minor: 1 },
  { major: 5, minor: 2 },
  { major: 136, minor: undefined },
];

const S_IFCHR = 0o020000;

/** Steps that fill a fresh /dev. Run with umask 0. */
export function deviceSteps(): Step[] {
  const links = [
    ["/proc/self/fd", "/dev/fd"],
    ["/proc/self/fd/0", "/dev/stdin"],
    ["/proc/self/fd/1", "/dev/stdout"],
    ["/proc/self/fd/2", "/dev/stderr"],
    ["/proc/kcore", "/dev/core"],
    ["pts/ptmx", "/dev/ptmx"],
  ] as const;
  return [
    ...nodes.map(({ name, major, minor }): Step => ({
      op: "mknod",
      path: `/dev/${name}`,
      mode: S_IFCHR | 0o666,
      major,
      minor,
    })),
    ...links.map(([target, path]): Step => ({ op: "symlink", target, path })),
  ];
}

/** enum bpf_cmd, enum bpf_prog_type, enum bpf_attach_type of linux/bpf.h. */
const BPF_PROG_LOAD = 5;
const BPF_PROG_ATTACH = 8;
const BPF_PROG_TYPE_CGROUP_DEVICE = 15;
const BPF_CGROUP_DEVICE = 6;
const BPF_F_ALLOW_MULTI = 2;
const SYS_bpf = 321n;

/** Opcodes: class, size or operation, and source, as linux/bpf.h composes them. */
const LDX_W = 0x61;
const AND32_K = 0x54;
const JNE_K = 0x55;
const MOV64_K = 0xb7;
const EXIT = 0x95;

/** bpf_cgroup_dev_ctx: u32 access_type (type in the low half, BPF_DEVCG_ACC_* in the high), major, minor. */
const BPF_DEVCG_DEV_CHAR = 2;
const BPF_DEVCG_ACC_MKNOD = 1;

interface Instruction {
  readonly code: number;
  readonly target?: number;
  readonly source?: number;
  readonly offset?: number;
  readonly value?: number;
}

/**
 * The device program: making any node is allowed (it is of no use), reading and writing only the devices
 * above.
 */
export function deviceProgram(): Uint8Array<ArrayBuffer> {
  const [context, type, access, major, minor] = [1, 2, 3, 4, 5];
  const instructions: Instruction[] = [
    { code: LDX_W, target: type, source: context, offset: 0 },
    { code: LDX_W, target: access, source: context, offset: 0 },
    { code: LDX_W, target: major, source: context, offset: 4 },
    { code: LDX_W, target: minor, source: context, offset: 8 },
    { code: AND32_K, target: type, value: 0xffff },
    { code: AND32_K, target: access, value: ~(BPF_DEVCG_ACC_MKNOD << 16) & 0xffff_0000 },
    // Only mknod is asked for.
    { code: JNE_K, target: access, offset: 2, value: 0 },
    ...answer(1),
    { code: 0x15, target: type, offset: 2, value: BPF_DEVCG_DEV_CHAR },
    ...answer(0),
  ];
  for (const device of usable) {
    const body: Instruction[] = device.minor === undefined
      ? answer(1)
      : [{ code: JNE_K, target: minor, offset: 2, value: device.minor }, ...answer(1)];
    instructions.push({ code: JNE_K, target: major, offset: body.length, value: device.major }, ...body);
  }
  instructions.push(...answer(0));
  return encode(instructions);
}

function answer(value: number): Instruction[] {
  return [{ code: MOV64_K, target: 0, value }, { code: EXIT }];
}

/** struct bpf_insn: code u8, dst:4 src:4, off s16, imm s32. */
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

/**
 * Attaches the device program to a cgroup.
 *
 * @throws {SyscallError} when the kernel refuses it
 */
export function attachDeviceProgram(cgroupPath: string): void {
  const program = deviceProgram();
  const licence = cString("Apache-2.0");
  // union bpf_attr for BPF_PROG_LOAD: prog_type u32, insn_cnt u32, insns u64, license u64, …
  const load = new DataView(new ArrayBuffer(128));
  load.setUint32(0, BPF_PROG_TYPE_CGROUP_DEVICE, true);
  load.setUint32(4, program.length / 8, true);
  load.setBigUint64(8, address(program), true);
  load.setBigUint64(16, address(licence), true);
  using loaded = new Descriptor(check("load the device program", bpf(BPF_PROG_LOAD, load)));
  using cgroup = Descriptor.open(cgroupPath, 0);
  // for BPF_PROG_ATTACH: target_fd u32, attach_bpf_fd u32, attach_type u32, attach_flags u32
  const attach = new DataView(new ArrayBuffer(32));
  attach.setUint32(0, cgroup.fd, true);
  attach.setUint32(4, loaded.fd, true);
  attach.setUint32(8, BPF_CGROUP_DEVICE, true);
  attach.setUint32(12, BPF_F_ALLOW_MULTI, true);
  check("attach the device program", bpf(BPF_PROG_ATTACH, attach));
  // Alive until the calls are done: the kernel read through the bare addresses.
  void [program[0], licence[0]];
}

function bpf(command: number, attributes: DataView<ArrayBuffer>): bigint {
  const bytes = new Uint8Array(attributes.buffer);
  return libc.bpf(Deno.build.arch === "aarch64" ? 280n : SYS_bpf, command, bytes, bytes.length);
}

function address(bytes: Uint8Array<ArrayBuffer>): bigint {
  return Deno.UnsafePointer.value(Deno.UnsafePointer.of(bytes));
}
