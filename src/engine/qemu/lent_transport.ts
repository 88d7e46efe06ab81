/**
 * A byte stream that is lent: whoever has it can close it for itself, and it stays open below.
 *
 * @module
 */
import type { Transport } from "../../wire/transport.ts";

/**
 * Lends a byte stream, once. A read that waits when it is closed ends at once; the one below goes on, and what it reads
 * is lost.
 */
export function lend(transport: Transport): Transport {
  const over = Promise.withResolvers<null>();
  let closed = false;
  return {
    read: async (buffer) => closed ? null : await Promise.race([transport.read(buffer), over.promise]),
    write: async (bytes) => {
      if (closed) throw new Error("Cannot write: the byte stream was given back");
      return await transport.write(bytes);
    },
    close: () => {
      closed = true;
      over.resolve(null);
    },
  };
}
