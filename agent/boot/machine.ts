/**
 * Small settings of the guest kernel: its clock, its name, its loopback.
 *
 * @module
 */
import { cString } from "../../src/ffi/cstring.ts";
import { Descriptor } from "../syscalls/descriptor.ts";
import { check, libc } from "../syscalls/libc.ts";

const CLOCK_REALTIME = 0;
const AF_INET = 2;
const SOCK_DGRAM_CLOEXEC = 2 | 0o2000000;
const SIOCSIFFLAGS = 0x8914n;
const IFF_UP = 1;
const PR_SET_CHILD_SUBREAPER = 36;

/** Sets the clock, which a microVM does not have. Milliseconds since the Unix epoch. */
export function setClock(milliseconds: number): void {
  const time = BigInt64Array.of(
    BigInt(Math.floor(milliseconds / 1000)),
    BigInt(milliseconds % 1000) * 1_000_000n,
  );
  check("clock_settime", libc.clock_settime(CLOCK_REALTIME, new Uint8Array(time.buffer)));
}

/** Names the machine. */
export function setHostname(name: string): void {
  check("sethostname", libc.sethostname(cString(name), BigInt(new TextEncoder().encode(name).length)));
}

/** struct ifreq: the name in 16 bytes, then the flags as a short. */
export function setLoopbackUp(): void {
  const request = new Uint8Array(40);
  request.set(cString("lo"));
  new DataView(request.buffer).setInt16(16, IFF_UP, true);
  using socket = new Descriptor(check("socket", libc.socket(AF_INET, SOCK_DGRAM_CLOEXEC, 0)));
  check("set lo up", libc.ioctl(socket.fd, SIOCSIFFLAGS, request));
}

/** Where memory runs out the kernel takes something else: the VM would end with this process. */
export function refuseOutOfMemoryKill(): void {
  Deno.writeTextFileSync("/proc/self/oom_score_adj", "-1000", { create: false });
}

/** Orphans come to this process even where it is not process 1. */
export function becomeSubreaper(): void {
  check("prctl", libc.prctl(PR_SET_CHILD_SUBREAPER, 1n, 0n, 0n, 0n));
}
