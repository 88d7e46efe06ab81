/**
 * Looks at files of a root that is not trusted, as the kernel would see them from inside it: no link leads
 * out, no fifo blocks, no file is too large.
 *
 * @module
 */
import { cString } from "../../src/ffi/cstring.ts";
import { Descriptor, OpenMode } from "../syscalls/descriptor.ts";
import { check, errno, libc, SyscallError } from "../syscalls/libc.ts";
import { HostileFileError, placeOf } from "./place.ts";

const SYS_openat2 = 437n;
const RESOLVE_NO_MAGICLINKS = 0x02n;
const RESOLVE_IN_ROOT = 0x10n;
const O_CLOEXEC = 0o2000000;
const O_PATH = 0o10000000;
const ENOENT = 2;
const ENOTDIR = 20;

/** Largest file that is read from an image's /etc, in bytes. */
const FILE_LIMIT = 1 << 20;

/**
 * Reads a small text file inside a root.
 *
 * @param root absolute path of the root folder
 * @param path path inside it, beginning with a slash
 * @returns its text, or `undefined` when it does not exist
 * @throws {HostileFileError} when it is no regular file or larger than 1 MiB
 */
export function readInside(root: string, path: string): string | undefined {
  const file = openInside(root, path);
  if (!file) return undefined;
  using found = file;
  const self = `/proc/self/fd/${found.fd}`;
  const status = Deno.statSync(self);
  // Looked at before it is opened: a fifo would block, and a device may act on being opened.
  if (!status.isFile) throw new HostileFileError(`${path} is not a regular file`);
  if (status.size > FILE_LIMIT) throw new HostileFileError(`${path} is larger than 1 MiB`);
  using opened = Descriptor.open(self, OpenMode.read);
  return new TextDecoder().decode(readWhole(opened, status.size));
}

/**
 * Where a path inside a root really is: an absolute path without links, or `undefined` when it does not
 * exist. True only as long as nothing runs in that root.
 */
export function resolveInside(root: string, path: string): string | undefined {
  const file = openInside(root, path);
  if (!file) return undefined;
  using opened = file;
  return Deno.readLinkSync(`/proc/self/fd/${opened.fd}`);
}

/**
 * Where a path inside a root would be, what is missing on the way included: see {@linkcode placeOf}.
 *
 * @throws {HostileFileError} when links lead in a circle
 */
export function placeInside(root: string, path: string): string {
  return placeOf(path, (at) => {
    try {
      return Deno.readLinkSync(root + at);
    } catch {
      return undefined;
    }
  });
}

/** openat2(2), O_PATH and RESOLVE_IN_ROOT: absolute links and `..` stay inside, and nothing is opened yet. */
function openInside(root: string, path: string): Descriptor | undefined {
  using folder = new Descriptor(check(`open ${root}`, libc.open(cString(root), O_PATH | O_CLOEXEC)));
  // struct open_how { u64 flags, mode, resolve }
  const how = BigUint64Array.of(BigInt(O_PATH | O_CLOEXEC), 0n, RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS);
  const bytes = new Uint8Array(how.buffer);
  const fd = Number(libc.openat2(SYS_openat2, folder.fd, cString(path), bytes, BigInt(bytes.length)));
  if (fd >= 0) return new Descriptor(fd);
  const code = errno();
  if (code === ENOENT || code === ENOTDIR) return undefined;
  throw new SyscallError(`open ${path}`, code);
}

/** The size only says where to begin: files of /proc have none, and others may grow. */
function readWhole(file: Descriptor, size: number): Uint8Array {
  let bytes = new Uint8Array(size + 1);
  for (let length = 0;;) {
    const count = Number(libc.read(file.fd, bytes.subarray(length), BigInt(bytes.length - length)));
    if (count <= 0) return bytes.subarray(0, length);
    length += count;
    if (length > FILE_LIMIT) throw new HostileFileError("a file grew beyond 1 MiB");
    if (length < bytes.length) continue;
    const larger = new Uint8Array(2 * bytes.length);
    larger.set(bytes);
    bytes = larger;
  }
}
