/**
 * Finds the byte stream to the host: the virtio-serial port both engines give the guest.
 *
 * @module
 */
import { MAX_FRAME_BYTES } from "../../src/protocol/frames.ts";
import type { Transport } from "../../src/protocol/transport.ts";
import { cString } from "../../src/ffi/cstring.ts";
import { check, libc } from "../syscalls/libc.ts";

/** The port's name, as the engines set it. */
const PORT_NAME = "smolvm.link";

const PORTS = "/sys/class/virtio-ports";

/** How long the host side may take to come back, in milliseconds: reads answer 0 meanwhile. */
const ABSENT_MILLISECONDS = 100;

const O_RDWR_CLOEXEC = 2 | 0o2000000;

/**
 * Opens the link's port.
 *
 * @throws {Error} when the VM has none, which no engine of ours starts
 */
export function openLink(): Transport {
  for (const { name } of Deno.readDirSync(PORTS)) {
    if (readName(name) !== PORT_NAME) continue;
    const path = `/dev/${name}`;
    return portTransport(check(`open ${path}`, libc.open(cString(path), O_RDWR_CLOEXEC)));
  }
  throw new Error(`Cannot find the link: no virtio port is called ${PORT_NAME}`);
}

/**
 * The port blocks, one thread for each direction: its driver reports a hang-up at once while nobody is
 * connected, so that waiting with poll would spin (drivers/char/virtio_console.c, port_fops_poll), and the
 * runtime's own files let no write begin while a read waits.
 */
function portTransport(fd: number): Transport {
  return {
    read: async (buffer) => {
      for (;;) {
        const count = Number(
          await libc.readBlocking(fd, buffer as Uint8Array<ArrayBuffer>, BigInt(buffer.length)),
        );
        if (count > 0) return count;
        await new Promise((resolve) => setTimeout(resolve, ABSENT_MILLISECONDS));
      }
    },
    write: async (bytes) => {
      const piece = bytes.subarray(0, MAX_FRAME_BYTES) as Uint8Array<ArrayBuffer>;
      const count = Number(await libc.writeBlocking(fd, piece, BigInt(piece.length)));
      if (count < 0) throw new Error("Cannot write to the link's port");
      return count;
    },
    close: () => void libc.close(fd),
  };
}

function readName(port: string): string {
  try {
    return Deno.readTextFileSync(`${PORTS}/${port}/name`).trim();
  } catch {
    return "";
  }
}
