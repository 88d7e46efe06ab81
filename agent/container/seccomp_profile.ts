/**
 * The system calls that a container may not make: a list of what is refused beyond what its missing capabilities
 * refuse already, against the parts of the kernel that have had holes before. Pure.
 *
 * @module
 */
import type { RuntimeSeccomp, RuntimeSyscallArgument, RuntimeSyscalls } from "./runtime_spec.ts";

/** What answers EPERM, whatever its arguments. */
const denied = [
  "acct",
  "add_key",
  "bpf",
  "clock_settime",
  "delete_module",
  "fanotify_init",
  "finit_module",
  "fsconfig",
  "fsmount",
  "fsopen",
  "fspick",
  "get_mempolicy",
  "init_module",
  "io_uring_enter",
  "io_uring_register",
  "io_uring_setup",
  "ioperm",
  "iopl",
  "kcmp",
  "kexec_file_load",
  "kexec_load",
  "keyctl",
  "lookup_dcookie",
  "mbind",
  "migrate_pages",
  "mount_setattr",
  "move_mount",
  "move_pages",
  "nfsservctl",
  "open_by_handle_at",
  "open_tree",
  "open_tree_attr",
  "perf_event_open",
  "pidfd_getfd",
  "pivot_root",
  "process_madvise",
  "quotactl",
  "quotactl_fd",
  "reboot",
  "request_key",
  "set_mempolicy",
  "set_mempolicy_home_node",
  "setns",
  "settimeofday",
  "swapoff",
  "swapon",
  "syslog",
  "uselib",
  "userfaultfd",
  "vhangup",
];

/** What a capability that Docker does not give by itself allows (moby, profiles/seccomp/default_linux.go). */
const allowedBy: Readonly<Record<string, readonly string[]>> = {
  CAP_BPF: ["bpf"],
  CAP_DAC_READ_SEARCH: ["open_by_handle_at"],
  CAP_PERFMON: ["perf_event_open"],
  CAP_SYSLOG: ["syslog"],
  CAP_SYS_ADMIN: [
    "bpf",
    "fanotify_init",
    "fsconfig",
    "fsmount",
    "fsopen",
    "fspick",
    "lookup_dcookie",
    "mount_setattr",
    "move_mount",
    "open_tree",
    "open_tree_attr",
    "perf_event_open",
    "quotactl",
    "quotactl_fd",
    "setns",
    "syslog",
  ],
  CAP_SYS_BOOT: ["reboot"],
  CAP_SYS_MODULE: ["delete_module", "finit_module", "init_module"],
  CAP_SYS_NICE: ["get_mempolicy", "mbind", "set_mempolicy", "set_mempolicy_home_node"],
  CAP_SYS_PACCT: ["acct"],
  CAP_SYS_PTRACE: ["kcmp", "pidfd_getfd", "process_madvise"],
  CAP_SYS_RAWIO: ["ioperm", "iopl"],
  CAP_SYS_TIME: ["clock_settime", "settimeofday"],
  CAP_SYS_TTY_CONFIG: ["vhangup"],
};

/** CLONE_NEW* of linux/sched.h: time has none in clone(2). */
const namespaceFlags = {
  NEWNS: 0x0002_0000,
  NEWCGROUP: 0x0200_0000,
  NEWUTS: 0x0400_0000,
  NEWIPC: 0x0800_0000,
  NEWUSER: 0x1000_0000,
  NEWPID: 0x2000_0000,
  NEWNET: 0x4000_0000,
};

/**
 * Socket families (linux/socket.h) that nobody maintains, that reach past every namespace, or that had holes
 * before: DECNET, ECONET, ATMSVC, IRDA, WANPIPE, ISDN, CAIF, ALG, VSOCK.
 */
const deniedFamilies = [12, 19, 20, 23, 25, 34, 37, 38, 40];

/** The first family that this filter does not know (AF_MAX). */
const FAMILIES = 46;

/** The kernel reads a family as an int: the upper half of the register is not part of it. */
const INT_BITS = 32;

const EPERM = 1;
const ENOSYS = 38;

/** The specification's names of guests' processors. */
const architectureNames = { x86_64: "SCMP_ARCH_X86_64", aarch64: "SCMP_ARCH_AARCH64" } as const;

/**
 * The filter.
 *
 * @param arch the architecture of the guest
 * @param granted names of the container's capabilities
 */
export function seccompProfile(
  arch: keyof typeof architectureNames,
  granted: readonly string[] = [],
): RuntimeSeccomp {
  const allowed = granted.flatMap((name) => allowedBy[name] ?? []);
  const flags = Object.values(namespaceFlags).map((flag) =>
    refuse(["clone", "unshare"], EPERM, bits(flag, flag))
  );
  const families = [
    ...deniedFamilies.map((family) => bits(2 ** INT_BITS - 1, family)),
    ...atLeast(FAMILIES),
  ];
  return {
    defaultAction: "SCMP_ACT_ALLOW",
    architectures: [architectureNames[arch]],
    syscalls: [
      refuse(denied.filter((name) => !allowed.includes(name)), EPERM),
      // Its flags are in memory, where no filter can look; ENOSYS makes C libraries fall back to clone.
      ...(granted.includes("CAP_SYS_ADMIN") ? [] : [refuse(["clone3"], ENOSYS), ...flags]),
      ...families.map((family) => refuse(["socket"], EPERM, family)),
    ],
  };
}

function refuse(
  names: readonly string[],
  errnoRet: number,
  argument?: RuntimeSyscallArgument,
): RuntimeSyscalls {
  return { names, action: "SCMP_ACT_ERRNO", errnoRet, ...(argument && { args: [argument] }) };
}

/** The first argument, masked, is a value. */
function bits(mask: number, value: number): RuntimeSyscallArgument {
  return { index: 0, value: mask, valueTwo: value, op: "SCMP_CMP_MASKED_EQ" };
}

/**
 * The first argument's lower half is at least a number, as masked comparisons, one for each zero bit of the number
 * before: the bits above are the same, and this one is set.
 */
function atLeast(number: number): RuntimeSyscallArgument[] {
  const before = number - 1;
  return Array.from({ length: INT_BITS }, (_, bit) => 2 ** bit).filter((weight) =>
    Math.floor(before / weight) % 2 === 0
  ).map((weight) => bits(2 ** INT_BITS - weight, (Math.floor(before / weight) + 1) * weight));
}
