/**
 * Mounts of the agent's own namespace.
 *
 * @module
 */
import { cString } from "../../src/ffi/cstring.ts";
import { check, libc } from "./libc.ts";
import { SYS_pivot_root } from "./processor.ts";

/** Flags of mount(2). */
export const MS = {
  RDONLY: 1,
  NOSUID: 2,
  NODEV: 4,
  NOEXEC: 8,
  SYNCHRONOUS: 16,
  REMOUNT: 32,
  DIRSYNC: 128,
  NOATIME: 1024,
  NODIRATIME: 2048,
  BIND: 4096,
  MOVE: 8192,
  REC: 16384,
  PRIVATE: 1 << 18,
  RELATIME: 1 << 21,
  STRICTATIME: 1 << 24,
} as const;

const MNT_DETACH = 2;

/** A mount: source and type may be empty where the flags make them so. */
export interface Mount {
  readonly source: string;
  readonly target: string;
  readonly type: string;
  readonly flags?: number;
  readonly data?: string;
}

/**
 * mount(2).
 *
 * @throws {SyscallError} naming the target
 */
export function mount({ source, target, type, flags = 0, data = "" }: Mount): void {
  const result = libc.mount(cString(source), cString(target), cString(type), BigInt(flags), cString(data));
  check(`mount ${target}`, result);
}

/** umount2(2) with MNT_DETACH; one that is not there is fine. */
export function unmount(target: string): void {
  libc.umount2(cString(target), MNT_DETACH);
}

/**
 * umount2(2) at once, so that the filesystem is clean afterwards.
 *
 * @throws {SyscallError} when it is busy
 */
export function unmountNow(target: string): void {
  check(`unmount ${target}`, libc.umount2(cString(target), 0));
}

/**
 * pivot_root(2): what every process has as its root becomes `newRoot`.
 *
 * @throws {SyscallError} when the kernel refuses
 */
export function pivotRoot(newRoot: string, putOld: string): void {
  check(`pivot_root ${newRoot}`, libc.pivot_root(SYS_pivot_root, cString(newRoot), cString(putOld)));
}

/**
 * Makes a filesystem read-only, wherever it is mounted; its journal is clean then.
 *
 * @throws {SyscallError} when something is open for writing
 */
export function remountReadOnly(target: string): void {
  mount({ source: "", target, type: "", flags: MS.REMOUNT | MS.RDONLY });
}
