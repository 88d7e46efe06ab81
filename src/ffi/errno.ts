/**
 * Names and words of errno values.
 *
 * @module
 */
import { getSystemErrorName } from "node:util";

/** Words for the errors that people meet; the others are said by their name alone. */
const words: Readonly<Record<string, string>> = {
  E2BIG: "argument list too long",
  EACCES: "permission denied",
  EAGAIN: "resource temporarily unavailable",
  EBUSY: "device or resource busy",
  EEXIST: "file exists",
  EFBIG: "file too large",
  EINVAL: "invalid argument",
  EIO: "input/output error",
  EISDIR: "is a directory",
  ELOOP: "too many levels of symbolic links",
  ENAMETOOLONG: "file name too long",
  ENODEV: "no such device",
  ENOENT: "no such file or directory",
  ENOMEM: "out of memory",
  ENOSPC: "no space left on device",
  ENOSYS: "function not implemented",
  ENOTDIR: "not a directory",
  EPERM: "operation not permitted",
  EROFS: "read-only file system",
  ETXTBSY: "text file busy",
};

/**
 * Says an errno in words and by name: `no such file or directory (ENOENT)`.
 *
 * @param errno positive errno of this platform
 */
export function errnoName(errno: number): string {
  const name = errno === 8 ? "ENOEXEC" : systemName(errno);
  if (name === "ENOEXEC") return "exec format error (ENOEXEC)";
  if (name === undefined) return `errno ${errno}`;
  const text = words[name];
  return text === undefined ? name : `${text} (${name})`;
}

/** The name of a positive errno of this platform; `undefined`: it has none. node:util throws on what it does not know. */
export function systemName(errno: number): string | undefined {
  try {
    const name = getSystemErrorName(-errno);
    return name?.startsWith("E") ? name : undefined;
  } catch {
    return undefined;
  }
}
