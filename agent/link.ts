/**
 * Finds the byte stream to the host: the virtio-serial port both engines give the guest.
 *
 * @module
 */
import { LINK_PORT } from "../src/guest_protocol/boot.ts";
import type { Transport } from "../src/wire/transport.ts";
import { cString } from "../src/ffi/cstring.ts";
import { point } from "./points.ts";
import { check, errno, libc } from "./syscalls/libc.ts";
import { reactor } from "./syscalls/reactor.ts";
import { type Vectors, vectorsOf } from "./syscalls/vectors.ts";

const PORTS = "/sys/class/virtio-ports";

/** How long until a port without a host is looked at again, in milliseconds. */
const ABSENT_MILLISECONDS = 100;

/** Most bytes that one read(2) of a port gives: a page (drivers/char/virtio_console.c, fill_queue). */
const READ_PIECE_BYTES = 4096;

/** Most bytes that one write(2) of a port takes (drivers/char/virtio_console.c, port_fops_write). */
const WRITE_PIECE_BYTES = 32_768;

const O_RDWR = 2;
const O_NONBLOCK = 0o4000;
const O_CLOEXEC = 0o2000000;
const EAGAIN = 11;

/**
 * Opens the link's port.
 *
 * @throws {Error} when the VM has no such port
 */
export function openLink(): Transport {
  for (const { name } of Deno.readDirSync(PORTS)) {
    if (readName(name) !== LINK_PORT) continue;
    const path = `/dev/${name}`;
    return portTransport(check(`open ${path}`, libc.open(cString(path), O_RDWR | O_NONBLOCK | O_CLOEXEC)));
  }
  throw new Error(`Cannot find the link: no virtio port is called ${LINK_PORT}`);
}

/**
 * The port as a transport. One call moves many pieces, because a foreign call costs more than copying a page. No
 * call blocks: in a blocking write the driver spins until the host has answered (drivers/char/virtio_console.c,
 * __send_to_port). A port whose host is gone is always ready and moves nothing, so that it is looked at again only
 * after ABSENT_MILLISECONDS.
 */
function portTransport(fd: number): Transport {
  const settle = async (interest: "read" | "write"): Promise<void> => {
    if (errno() === EAGAIN) await reactor.ready(fd, interest);
    else await new Promise((resolve) => setTimeout(resolve, ABSENT_MILLISECONDS));
  };
  // The link reads into the same buffer every time: its vectors are made once.
  let place: { bytes: Uint8Array; vectors: Vectors } | undefined;
  return {
    read: async (bytes) => {
      if (place?.bytes !== bytes) {
        place = { bytes, vectors: vectorsOf(bytes as Uint8Array<ArrayBuffer>, READ_PIECE_BYTES) };
      }
      const { list, count: pieces } = place.vectors;
      for (;;) {
        const count = Number(libc.readv(fd, list, pieces));
        if (count > 0) {
          point("read");
          return count;
        }
        if (count < 0) await settle("read");
        else await new Promise((resolve) => setTimeout(resolve, ABSENT_MILLISECONDS));
      }
    },
    write: async (bytes) => {
      const { list, count: pieces } = vectorsOf(bytes as Uint8Array<ArrayBuffer>, WRITE_PIECE_BYTES);
      for (;;) {
        const count = Number(libc.writev(fd, list, pieces));
        if (count > 0) return count;
        await settle("write");
      }
    },
    close: () => {
      reactor.forget(fd);
      libc.close(fd);
    },
  };
}

function readName(port: string): string {
  try {
    return Deno.readTextFileSync(`${PORTS}/${port}/name`).trim();
  } catch {
    return "";
  }
}
