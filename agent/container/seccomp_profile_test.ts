import { assertEquals } from "../../tests/harness/assert.ts";
import { AARCH64, ALLOW, answerOf, ENOSYS, EPERM, X86_64 } from "../../tests/harness/seccomp_kernel.ts";
import { seccompProgram } from "./seccomp.ts";
import { seccompProfile } from "./seccomp_profile.ts";

const programs = {
  x86_64: seccompProgram(seccompProfile("x86_64")),
  aarch64: seccompProgram(seccompProfile("aarch64")),
};

/** The answer to a call on x86-64. */
const answer = (nr: number, first = 0n) => answerOf(programs.x86_64, { nr, arch: X86_64, args: [first] });

Deno.test("seccompProfile() lets ordinary calls through", () => {
  for (const nr of [0, 1, 59, 90, 101, 165, 257, 434, 439]) assertEquals(answer(nr), ALLOW, `call ${nr}`);
});

Deno.test("seccompProfile() refuses the kernel's risky calls", () => {
  for (const nr of [246, 175, 321, 304, 298, 323, 155]) assertEquals(answer(nr), EPERM, `call ${nr}`);
  assertEquals(answerOf(programs.aarch64, { nr: 104, arch: AARCH64 }), EPERM);
});

Deno.test("seccompProfile() refuses new namespaces by unshare, clone and clone3, and nothing else of them", () => {
  const flags = [
    0x0002_0000n,
    0x0200_0000n,
    0x0400_0000n,
    0x0800_0000n,
    0x1000_0000n,
    0x2000_0000n,
    0x4000_0000n,
  ];
  for (const nr of [56, 272]) {
    for (const flag of flags) assertEquals(answer(nr, flag | 17n), EPERM, `${flag}`);
    assertEquals(answer(nr, 0x0001_0f00n), ALLOW);
    assertEquals(answer(nr, 0x3d_0f00n), ALLOW, "what threads are made with");
  }
  assertEquals(answer(435), ENOSYS);
});

Deno.test("seccompProfile() refuses sockets to the host, to the kernel's ciphers and of dead families", () => {
  const socket = (family: bigint) => answer(41, family);
  const denied = [12n, 19n, 20n, 23n, 25n, 34n, 37n, 38n, 40n];
  for (let family = 0n; family < 200n; family++) {
    assertEquals(socket(family), denied.includes(family) || family >= 46n ? EPERM : ALLOW, `${family}`);
  }
  assertEquals(socket(2n ** 31n), EPERM);
  assertEquals(socket(2n ** 32n - 1n), EPERM);
  assertEquals(answerOf(programs.aarch64, { nr: 198, arch: AARCH64, args: [40n] }), EPERM);
});

Deno.test("seccompProfile() judges a socket's family as the kernel reads it, without the register's upper half", () => {
  assertEquals(answer(41, 0xffff_ffff_0000_0026n), EPERM);
  assertEquals(answer(41, 0xffff_ffff_0000_0002n), ALLOW);
});

Deno.test("seccompProfile() allows what a capability is for, and no more", () => {
  const granted = (names: string[], nr: number, first = 0n) =>
    answerOf(seccompProgram(seccompProfile("x86_64", names)), { nr, arch: X86_64, args: [first] });
  const [bpf, setns, clone3, unshare, reboot, kexec] = [321, 308, 435, 272, 169, 246] as const;
  for (const nr of [bpf, setns, clone3]) assertEquals(granted(["CAP_SYS_ADMIN"], nr), ALLOW, `call ${nr}`);
  assertEquals(granted(["CAP_SYS_ADMIN"], unshare, 0x0002_0000n), ALLOW);
  for (const nr of [reboot, kexec]) assertEquals(granted(["CAP_SYS_ADMIN"], nr), EPERM, `call ${nr}`);
  assertEquals(granted(["CAP_SYS_BOOT"], reboot), ALLOW);
  assertEquals(granted(["CAP_NET_ADMIN"], setns), EPERM);
});
