/**
 * The system calls a container may not make: a deny list over what its missing capabilities already refuse,
 * against the parts of the kernel that have hurt before. Pure: classic BPF as a list of instructions.
 *
 * @module
 */

/** Numbers by architecture (asm/unistd.h): what answers EPERM. */
const denied = {
  x86_64: {
    audit: 0xc000_003e,
    calls: {
      acct: 163,
      add_key: 248,
      bpf: 321,
      clock_settime: 227,
      delete_module: 176,
      fanotify_init: 300,
      finit_module: 313,
      fsconfig: 431,
      fsmount: 432,
      fsopen: 430,
      fspick: 433,
      get_mempolicy: 239,
      init_module: 175,
      io_uring_enter: 426,
      io_uring_register: 427,
      io_uring_setup: 425,
      ioperm: 173,
      iopl: 172,
      kcmp: 312,
      kexec_file_load: 320,
      kexec_load: 246,
      keyctl: 250,
      lookup_dcookie: 212,
      mbind: 237,
      migrate_pages: 256,
      mount_setattr: 442,
      move_mount: 429,
      move_pages: 279,
      nfsservctl: 180,
      open_by_handle_at: 304,
      open_tree: 428,
      open_tree_attr: 467,
      perf_event_open: 298,
      pidfd_getfd: 438,
      pivot_root: 155,
      process_madvise: 440,
      quotactl: 179,
      quotactl_fd: 443,
      reboot: 169,
      request_key: 249,
      set_mempolicy: 238,
      set_mempolicy_home_node: 450,
      setns: 308,
      settimeofday: 164,
      swapoff: 168,
      swapon: 167,
      syslog: 103,
      uselib: 134,
      userfaultfd: 323,
      vhangup: 153,
    },
    unshare: 272,
    clone: 56,
    socket: 41,
  },
  aarch64: {
    audit: 0xc000_00b7,
    calls: {
      acct: 89,
      add_key: 217,
      bpf: 280,
      clock_settime: 112,
      delete_module: 106,
      fanotify_init: 262,
      finit_module: 273,
      fsconfig: 431,
      fsmount: 432,
      fsopen: 430,
      fspick: 433,
      get_mempolicy: 236,
      init_module: 105,
      io_uring_enter: 426,
      io_uring_register: 427,
      io_uring_setup: 425,
      kcmp: 272,
      kexec_file_load: 294,
      kexec_load: 104,
      keyctl: 219,
      lookup_dcookie: 18,
      mbind: 235,
      migrate_pages: 238,
      mount_setattr: 442,
      move_mount: 429,
      move_pages: 239,
      nfsservctl: 42,
      open_by_handle_at: 265,
      open_tree: 428,
      open_tree_attr: 467,
      perf_event_open: 241,
      pidfd_getfd: 438,
      pivot_root: 41,
      process_madvise: 440,
      quotactl: 60,
      quotactl_fd: 443,
      reboot: 142,
      request_key: 218,
      set_mempolicy: 237,
      set_mempolicy_home_node: 450,
      setns: 268,
      settimeofday: 170,
      swapoff: 225,
      swapon: 224,
      syslog: 116,
      userfaultfd: 282,
      vhangup: 58,
    },
    unshare: 97,
    clone: 220,
    socket: 198,
  },
} as const;

/** clone3 passes its flags in memory, where a filter cannot look; ENOSYS makes libraries fall back to clone. */
const CLONE3 = 435;

/** x32 calls have this bit (asm/unistd.h, __X32_SYSCALL_BIT). */
const X32_BIT = 0x4000_0000;

/** CLONE_NEWUSER, NEWNS, NEWPID, NEWNET, NEWIPC, NEWUTS, NEWCGROUP. */
const NEW_NAMESPACES = 0x7e02_0000;

/**
 * Socket families (linux/socket.h) that nobody maintains, that reach past every namespace, or that opened the
 * kernel before: DECNET, ECONET, ATMSVC, IRDA, WANPIPE, ISDN, CAIF, ALG, VSOCK.
 */
const deniedFamilies = [12, 19, 20, 23, 25, 34, 37, 38, 40];

/** The first family there is none of, as far as this filter knows (AF_MAX). */
const FAMILIES = 46;

const EPERM = 1;
const ENOSYS = 38;

/** Classic BPF codes (linux/bpf_common.h) and seccomp's answers (linux/seccomp.h). */
const LD_W_ABS = 0x20;
const JEQ = 0x15;
const JGE = 0x35;
const JSET = 0x45;
const RET = 0x06;
const ALLOW = 0x7fff_0000;
const KILL_PROCESS = 0x8000_0000;
const ERRNO = 0x0005_0000;

/** Offsets in struct seccomp_data. */
const NR = 0;
const ARCH = 4;
const ARG0_LOW = 16;

/** One struct sock_filter as the u64 it is in memory: code u16, jt u8, jf u8, k u32. */
function instruction(code: number, k: number, jt = 0, jf = 0): bigint {
  return BigInt(code) | BigInt(jt) << 16n | BigInt(jf) << 24n | BigInt(k >>> 0) << 32n;
}

/**
 * The filter for an architecture.
 *
 * Calls of another architecture end the process; the calls above answer EPERM, and so do unshare and clone
 * when they ask for a new namespace, and socket for a family above.
 */
export function seccompProgram(arch: keyof typeof denied): bigint[] {
  const { audit, calls, unshare, clone, socket } = denied[arch];
  const deny = instruction(RET, ERRNO | EPERM);
  const program = [
    instruction(LD_W_ABS, ARCH),
    instruction(JEQ, audit, 1, 0),
    instruction(RET, KILL_PROCESS),
    instruction(LD_W_ABS, NR),
    instruction(JGE, X32_BIT, 0, 1),
    instruction(RET, ERRNO | ENOSYS),
    instruction(JEQ, CLONE3, 0, 1),
    instruction(RET, ERRNO | ENOSYS),
  ];
  for (const number of Object.values(calls)) program.push(instruction(JEQ, number, 0, 1), deny);
  const families = deniedFamilies.flatMap((family) => [instruction(JEQ, family, 0, 1), deny]);
  const ofSocket = [
    instruction(LD_W_ABS, ARG0_LOW),
    ...families,
    instruction(JGE, FAMILIES, 0, 1),
    deny,
    instruction(RET, ALLOW),
  ];
  program.push(
    instruction(JEQ, socket, 0, ofSocket.length),
    ...ofSocket,
    instruction(JEQ, unshare, 1, 0),
    instruction(JEQ, clone, 0, 3),
    instruction(LD_W_ABS, ARG0_LOW),
    instruction(JSET, NEW_NAMESPACES, 0, 1),
    deny,
    instruction(RET, ALLOW),
  );
  return program;
}
