/**
 * Random bytes of the host for the kernel's generator (random(4)).
 *
 * @module
 */
import { Descriptor, OpenMode } from "../syscalls/descriptor.ts";
import { check, libc } from "../syscalls/libc.ts";

/** _IOW('R', 0x03, int[2]) and _IO('R', 0x07) (include/uapi/linux/random.h). */
const RNDADDENTROPY = 0x40085203n;
const RNDRESEEDCRNG = 0x5207n;

/**
 * Mixes bytes in, counts them as entropy, and has the generator take a new key at once: without the last the next
 * bytes would still be those of every VM that was saved in the same state.
 *
 * @param hex two digits a byte
 * @throws {SyscallError} when the kernel refuses
 */
export function addEntropy(hex: string): void {
  const bytes = Uint8Array.fromHex(hex);
  // struct rand_pool_info: entropy_count in bits, buf_size in bytes, buf.
  const pool = new Uint8Array(8 + bytes.length);
  new DataView(pool.buffer).setInt32(0, bytes.length * 8, true);
  new DataView(pool.buffer).setInt32(4, bytes.length, true);
  pool.set(bytes, 8);
  using device = Descriptor.open("/dev/urandom", OpenMode.read);
  check("add entropy", libc.ioctl(device.fd, RNDADDENTROPY, pool));
  check("reseed", libc.ioctl(device.fd, RNDRESEEDCRNG, new Uint8Array(8)));
}
