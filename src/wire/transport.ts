/**
 * The byte stream below a link. On the host a Unix socket of the VMM, in the guest a virtio-serial port or
 * a vsock connection, in tests a pair of queues.
 *
 * @module
 */

/** One ordered, reliable stream of bytes each way; `Deno.Conn` is one. */
export interface Transport {
  /** Reads at least one byte; `null` at the end of the stream. */
  read(buffer: Uint8Array): Promise<number | null>;
  /** Writes some bytes and returns how many. */
  write(bytes: Uint8Array): Promise<number>;
  /** Ends both directions; pending reads and writes end. */
  close(): void;
}
