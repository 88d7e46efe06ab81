/**
 * The byte stream below a link: pipes of the VMM and a virtio-serial port between host and agent, a Unix socket
 * between client and supervisor, a pair of queues in tests.
 *
 * @module
 */

/** One ordered, reliable stream of bytes each way; `Deno.Conn` is one. */
export interface Transport {
  /**
   * The stream began with this client, so no bytes of an earlier one are in it, and a hello needs nothing in
   * front (greeting.ts). Absent: a guest's port, which every host since the guest's boot has written to.
   */
  readonly fresh?: boolean;
  /** Reads at least one byte; `null` at the end of the stream. */
  read(buffer: Uint8Array): Promise<number | null>;
  /** Writes some bytes and returns how many. */
  write(bytes: Uint8Array): Promise<number>;
  /** Ends both directions; pending reads and writes end. */
  close(): void;
}
