/**
 * Attaches a device program to a cgroup.
 *
 * @module
 */
import { cString } from "../../src/ffi/cstring.ts";
import { Descriptor } from "../syscalls/descriptor.ts";
import { check, libc } from "../syscalls/libc.ts";
import { SYS_bpf } from "../syscalls/processor.ts";

/** enum bpf_cmd, enum bpf_prog_type, enum bpf_attach_type and a flag of linux/bpf.h. */
const BPF_PROG_LOAD = 5;
const BPF_PROG_ATTACH = 8;
const BPF_PROG_TYPE_CGROUP_DEVICE = 15;
const BPF_CGROUP_DEVICE = 6;
const BPF_F_ALLOW_MULTI = 2;

/**
 * Has the kernel ask a program about every device that a process of a cgroup opens or makes.
 *
 * @param cgroupPath absolute path of its folder
 * @param program struct bpf_insn[]
 * @throws {SyscallError} when the kernel refuses the program
 */
export function attachDeviceProgram(cgroupPath: string, program: Uint8Array<ArrayBuffer>): void {
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
  return libc.bpf(SYS_bpf, command, bytes, bytes.length);
}

function address(bytes: Uint8Array<ArrayBuffer>): bigint {
  return Deno.UnsafePointer.value(Deno.UnsafePointer.of(bytes));
}
