/**
 * A Unix socket as the byte stream of a link.
 *
 * @module
 */
import type { Transport } from "./transport.ts";

/** Wraps a connection; closing twice is fine. */
export function unixTransport(connection: Deno.Conn): Transport {
  let closed = false;
  return {
    fresh: true,
    read: (buffer) => connection.read(buffer),
    write: (bytes) => connection.write(bytes),
    close: () => {
      if (closed) return;
      closed = true;
      connection.close();
    },
  };
}
