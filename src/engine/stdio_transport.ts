/**
 * A child's stdin and stdout as one byte stream each way.
 *
 * @module
 */
import type { Transport } from "../wire/transport.ts";

/** The stream; whoever takes it is the only one to read and write. */
export function stdioTransport(child: Deno.ChildProcess): Transport {
  const reader = child.stdout.getReader();
  const writer = child.stdin.getWriter();
  let rest: Uint8Array = new Uint8Array(0);
  const quietly = (work: Promise<void>): void => void work.catch(() => {});
  return {
    read: async (buffer) => {
      if (rest.length === 0) {
        const { value, done } = await reader.read();
        if (done) return null;
        rest = value;
      }
      const count = Math.min(rest.length, buffer.length);
      buffer.set(rest.subarray(0, count));
      rest = rest.subarray(count);
      return count;
    },
    write: async (bytes) => {
      await writer.write(bytes);
      return bytes.length;
    },
    close: () => {
      quietly(reader.cancel());
      quietly(writer.abort());
    },
  };
}
