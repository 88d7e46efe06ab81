/**
 * Finds the byte stream to the host: the virtio-serial port both engines give the guest.
 *
 * @module
 */
import { MAX_FRAME_BYTES } from "../../src/protocol/frames.ts";
import type { Transport } from "../../src/protocol/transport.ts";

/** The port's name, as the engines set it. */
const PORT_NAME = "smolvm.link";

const PORTS = "/sys/class/virtio-ports";

/**
 * Opens the link's port.
 *
 * @throws {Error} when the VM has none, which no engine of ours starts
 */
export async function openLink(): Promise<Transport> {
  for (const { name } of Deno.readDirSync(PORTS)) {
    if (readName(name) === PORT_NAME) {
      return portTransport(await Deno.open(`/dev/${name}`, { read: true, write: true }));
    }
  }
  throw new Error(`Cannot find the link: no virtio port is called ${PORT_NAME}`);
}

/**
 * The port blocks in a thread of the runtime's pool: the driver reports a hang-up at once while nobody is
 * connected, so waiting with poll would spin (drivers/char/virtio_console.c, port_fops_poll).
 */
function portTransport(port: Deno.FsFile): Transport {
  return {
    read: async (buffer) => {
      // 0 means that the host side is closed for now; it may be opened again.
      for (let count = await port.read(buffer);; count = await port.read(buffer)) {
        if (count) return count;
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    },
    write: (bytes) => port.write(bytes.subarray(0, MAX_FRAME_BYTES)),
    close: () => port.close(),
  };
}

function readName(port: string): string {
  try {
    return Deno.readTextFileSync(`${PORTS}/${port}/name`).trim();
  } catch {
    return "";
  }
}
