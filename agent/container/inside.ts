/**
 * Looks at files of a root that is not trusted, as the kernel would see them from inside it: no link leads
 * out, no fifo blocks, no file is too large.
 *
 * @module
 */
import { cString } from "../../src/ffi/cstring.ts";
import { Descriptor } from "../syscalls/descriptor.ts";
import { check, errno, libc, SyscallError } from "../syscalls/libc.ts";

const SYS_openat2 = 437n;
const RESOLVE_NO_MAGICLINKS = 0x02n;
const RESOLVE_IN_ROOT = 0x10n;
const O_NONBLOCK = 0o4000;
const O_CLOEXEC = 0o2000000;
const O_PATH = 0o10000000;
const ENOENT = 2;
const ENOTDIR = 20;

/** Largest file that is read from an image's /etc, in bytes. */
const FILE_LIMIT = 1 << 20;

/** A file of an image that cannot be what it claims to be. */
export class HostileFileError extends Error {
  override readonly name = "HostileFileError";
}

/**
 * Reads a small text file inside a root.
 *
 * @param root absolute path of the root folder
 * @param path path inside it, beginning with a slash
 * @returns its text, or `undefined` when it does not exist
 * @throws {HostileFileError} when it is no regular file or larger than 1 MiB
 */
export function readInside(root: string, path: string): string | undefined {
  const file = openInside(root, path, O_NONBLOCK);
  if (!file) return undefined;
  using opened = file;
  const status = Deno.statSync(`/proc/self/fd/${opened.fd}`);
  if (!status.isFile) throw new HostileFileError(`${path} is not a regular file`);
  if (status.size > FILE_LIMIT) throw new HostileFileError(`${path} is larger than 1 MiB`);
  return new TextDecoder().decode(readWhole(opened));
}

/**
 * Where a path inside a root really is: an absolute path without links, or `undefined` when it does not
 * exist. True only as long as nothing runs in that root.
 */
export function resolveInside(root: string, path: string): string | undefined {
  const file = openInside(root, path, O_PATH);
  if (!file) return undefined;
  using opened = file;
  return Deno.readLinkSync(`/proc/self/fd/${opened.fd}`);
}

/** openat2(2), RESOLVE_IN_ROOT: absolute links and `..` stay inside. */
function openInside(root: string, path: string, flags: number): Descriptor | undefined {
  using folder = new Descriptor(check(`open ${root}`, libc.open(cString(root), O_PATH | O_CLOEXEC)));
  // struct open_how { u64 flags, mode, resolve }
  const how = BigUint64Array.of(BigInt(flags | O_CLOEXEC), 0n, RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS);
  const bytes = new Uint8Array(how.buffer);
  const fd = Number(libc.openat2(SYS_openat2, folder.fd, cString(path), bytes, BigInt(bytes.length)));
  if (fd >= 0) return new Descriptor(fd);
  const code = errno();
  if (code === ENOENT || code === ENOTDIR) return undefined;
  throw new SyscallError(`open ${path}`, code);
}

function readWhole(file: Descriptor): Uint8Array {
  const bytes = new Uint8Array(FILE_LIMIT + 1);
  let length = 0;
  while (length < bytes.length) {
    const count = Number(libc.read(file.fd, bytes.subarray(length), BigInt(bytes.length - length)));
    if (count <= 0) break;
    length += count;
  }
  if (length > FILE_LIMIT) throw new HostileFileError("a file grew beyond 1 MiB");
  return bytes.subarray(0, length);
}
