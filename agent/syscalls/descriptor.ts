/**
 * A descriptor that the agent owns: non-blocking reads and writes on the reactor.
 *
 * @module
 */
import { cString } from "../../src/ffi/cstring.ts";
import { check, errno, libc, SyscallError } from "./libc.ts";
import { reactor } from "./reactor.ts";

const EINTR = 4;
const EAGAIN = 11;
const EPIPE = 32;
const O_CLOEXEC = 0o2000000;
const O_NONBLOCK = 0o4000;
const F_SETFL = 4;
const F_SETPIPE_SZ = 1031;

/** What a pipe holds, in bytes: as much as a channel's credit. */
const PIPE_BYTES = 262_144;
const MFD_CLOEXEC = 1;

/** Ways to open a path; `O_RDONLY` and so on of open(2). */
export const OpenMode = { read: 0, write: 1, readWrite: 2 } as const;

/** An open descriptor, closed by `using`. */
export class Descriptor implements Disposable {
  readonly fd: number;
  #open = true;

  /** @param fd a descriptor that nobody else closes */
  constructor(fd: number) {
    this.fd = fd;
  }

  /**
   * Opens a path, close-on-exec and non-blocking.
   *
   * @throws {SyscallError} when open(2) fails
   */
  static open(path: string, mode: number): Descriptor {
    return new Descriptor(check(`open ${path}`, libc.open(cString(path), mode | O_CLOEXEC | O_NONBLOCK)));
  }

  /**
   * A pipe; both ends are close-on-exec, and blocking: the end the agent keeps is made non-blocking.
   *
   * @param keeps which end stays with the agent
   * @throws {SyscallError} when pipe2(2) fails
   */
  static pipe(keeps: "read" | "write"): { read: Descriptor; write: Descriptor } {
    const ends = new Int32Array(2);
    check("pipe2", libc.pipe2(new Uint8Array(ends.buffer), O_CLOEXEC));
    const [read, write] = [new Descriptor(ends[0] ?? -1), new Descriptor(ends[1] ?? -1)];
    check("fcntl", libc.fcntl(keeps === "read" ? read.fd : write.fd, F_SETFL, O_NONBLOCK));
    // More bytes for each turn of the event loop. The call fails beyond fs.pipe-max-size; the pipe then holds 64 KiB.
    libc.fcntl(read.fd, F_SETPIPE_SZ, PIPE_BYTES);
    return { read, write };
  }

  /**
   * A file in memory with these bytes.
   *
   * @throws {SyscallError} when memory is short
   */
  static memory(bytes: Uint8Array): Descriptor {
    const file = new Descriptor(check("memfd_create", libc.memfd_create(cString("plan"), MFD_CLOEXEC)));
    for (let at = 0; at < bytes.length;) {
      const rest = bytes.subarray(at);
      at += check("write plan", libc.write(file.fd, rest as Uint8Array<ArrayBuffer>, BigInt(rest.length)));
    }
    return file;
  }

  /**
   * Reads at least one byte.
   *
   * @returns how many, or `null` at the end of the file or once this descriptor was closed
   * @throws {SyscallError} when read(2) fails
   */
  async read(buffer: Uint8Array<ArrayBuffer>): Promise<number | null> {
    while (this.#open) {
      const count = Number(libc.read(this.fd, buffer, BigInt(buffer.length)));
      if (count > 0) return count;
      if (count === 0) return null;
      const code = errno();
      if (code === EAGAIN) await reactor.ready(this.fd, "read");
      else if (code !== EINTR) throw new SyscallError("read", code);
    }
    return null;
  }

  /**
   * Writes all bytes.
   *
   * @returns false when the reader is gone or this descriptor was closed
   * @throws {SyscallError} when write(2) fails otherwise
   */
  async write(bytes: Uint8Array): Promise<boolean> {
    for (let at = 0; at < bytes.length;) {
      if (!this.#open) return false;
      const rest = bytes.subarray(at) as Uint8Array<ArrayBuffer>;
      const count = Number(libc.write(this.fd, rest, BigInt(rest.length)));
      if (count >= 0) {
        at += count;
        continue;
      }
      const code = errno();
      if (code === EAGAIN) await reactor.ready(this.fd, "write");
      else if (code === EPIPE) return false;
      else if (code !== EINTR) throw new SyscallError("write", code);
    }
    return this.#open;
  }

  /** Whether nobody has closed it yet. */
  get isOpen(): boolean {
    return this.#open;
  }

  /** Closes it; a read or write under way ends. */
  close(): void {
    if (!this.#open) return;
    this.#open = false;
    reactor.forget(this.fd);
    libc.close(this.fd);
  }

  [Symbol.dispose](): void {
    this.close();
  }
}
