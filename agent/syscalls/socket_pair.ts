/**
 * A pair of connected sockets over which a process that is launched hands a descriptor to the agent (unix(7)).
 *
 * @module
 */
import { Descriptor } from "./descriptor.ts";
import { check, errno, libc, SyscallError } from "./libc.ts";

const AF_UNIX = 1;
const SOCK_STREAM = 1;
const SOCK_CLOEXEC = 0o2000000;
const SOL_SOCKET = 1;
const SCM_RIGHTS = 1;
const MSG_DONTWAIT = 0x40;
const MSG_CMSG_CLOEXEC = 0x4000_0000;

/** struct cmsghdr with one int behind it, padded (cmsg(3)): length, level, type, descriptor. */
const CONTROL_BYTES = 24;

/** The pair. Disposing closes both ends. */
export class SocketPair implements Disposable {
  /** The agent's end. */
  readonly ours: Descriptor;
  /** The end of the process that is launched. */
  readonly theirs: Descriptor;

  private constructor(ours: Descriptor, theirs: Descriptor) {
    this.ours = ours;
    this.theirs = theirs;
  }

  /** @throws {SyscallError} when descriptors are short */
  static open(): SocketPair {
    const ends = new Int32Array(2);
    const call = libc.socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, new Uint8Array(ends.buffer));
    check("socketpair", call);
    return new SocketPair(new Descriptor(ends[0] ?? -1), new Descriptor(ends[1] ?? -1));
  }

  /**
   * Takes the descriptor that was sent; it does not wait for one.
   *
   * @throws {SyscallError} when none was
   */
  receiveDescriptor(): number {
    const [byte, control] = [new Uint8Array(1), new Uint8Array(CONTROL_BYTES)];
    // struct iovec: base, length. struct msghdr: name, its length, iovec, their count, control, its length, flags.
    const data = new BigUint64Array([address(byte), 1n]);
    const message = new BigUint64Array([
      0n,
      0n,
      address(data),
      1n,
      address(control),
      BigInt(CONTROL_BYTES),
      0n,
    ]);
    const flags = MSG_DONTWAIT | MSG_CMSG_CLOEXEC;
    const count = Number(libc.recvmsg(this.ours.fd, new Uint8Array(message.buffer), flags));
    if (count < 0) throw new SyscallError("receive the terminal", errno());
    const view = new DataView(control.buffer);
    if (count === 0 || view.getInt32(8, true) !== SOL_SOCKET || view.getInt32(12, true) !== SCM_RIGHTS) {
      throw new SyscallError("receive the terminal", 0);
    }
    return view.getInt32(16, true);
  }

  [Symbol.dispose](): void {
    this.ours.close();
    this.theirs.close();
  }
}

function address(bytes: Uint8Array<ArrayBuffer> | BigUint64Array<ArrayBuffer>): bigint {
  return Deno.UnsafePointer.value(Deno.UnsafePointer.of(bytes));
}
