/**
 * Small settings of the guest kernel: its clock, its name, its limits.
 *
 * @module
 */
import { cString } from "../../src/ffi/cstring.ts";
import { check, libc } from "../syscalls/libc.ts";

const CLOCK_REALTIME = 0;
const RLIMIT_NOFILE = 7;
const PR_SET_CHILD_SUBREAPER = 36;

/** Sets the clock, which a microVM does not have. Milliseconds since the Unix epoch. */
export function setClock(milliseconds: number): void {
  check("clock_settime", libc.clock_settime(CLOCK_REALTIME, timespec(milliseconds)));
}

/** How late the clock may be, in milliseconds. */
const LATE_MILLISECONDS = 1_000;

/**
 * How early the clock may be, in milliseconds. A message that had to wait makes the host's clock look late by as much,
 * so that only a larger difference tells of a host whose clock was set back.
 */
const EARLY_MILLISECONDS = 10_000;

/** Whether the guest's clock has to be set again. Pure. @param ours, theirs guest's and host's, in milliseconds */
export function clockDiffers(ours: number, theirs: number): boolean {
  return theirs - ours > LATE_MILLISECONDS || ours - theirs > EARLY_MILLISECONDS;
}

/**
 * Sets the clock where it differs from the host's, as after a time in which the VM stood still. Never throws: a session
 * is worth more than the time.
 */
export function correctClock(milliseconds: number): void {
  if (!clockDiffers(Date.now(), milliseconds)) return;
  try {
    setClock(milliseconds);
  } catch (error) {
    console.error("agent: the clock stays as it is:", error);
  }
}

/** struct timespec: tv_sec i64, tv_nsec i64. */
export function timespec(milliseconds: number): Uint8Array<ArrayBuffer> {
  const seconds = Math.floor(milliseconds / 1000);
  const time = BigInt64Array.of(BigInt(seconds), BigInt(milliseconds - 1000 * seconds) * 1_000_000n);
  return new Uint8Array(time.buffer);
}

/** Names the guest. */
export function setHostname(name: string): void {
  check("sethostname", libc.sethostname(cString(name), BigInt(new TextEncoder().encode(name).length)));
}

/** Has the kernel kill another process when memory runs out: without this one the VM ends. */
export function refuseOutOfMemoryKill(): void {
  Deno.writeTextFileSync("/proc/self/oom_score_adj", "-1000", { create: false });
}

/**
 * Allows this process so many descriptors: each connection to a server of the guest takes one. The kernel gives
 * process 1 a limit of 1,024; programs get limits of their own.
 */
export function allowDescriptors(count: number): void {
  const limits = BigUint64Array.of(BigInt(count), BigInt(count));
  check("setrlimit", libc.setrlimit(RLIMIT_NOFILE, new Uint8Array(limits.buffer)));
}

/** Orphans come to this process even where it is not process 1. */
export function becomeSubreaper(): void {
  check("prctl", libc.prctl(PR_SET_CHILD_SUBREAPER, 1n, 0n, 0n, 0n));
}
