/**
 * A TCP connection of a client on this host: read and written by one owner, ended once, in order or by a reset.
 *
 * @module
 */
import { resetConnection } from "../ffi/reset_connection.ts";

/** The connection. */
export class Connection {
  readonly #inner: Deno.TcpConn;
  #open = true;

  constructor(inner: Deno.TcpConn) {
    this.#inner = inner;
    try {
      inner.setNoDelay(true);
    } catch {
      // macOS refuses an option of a connection that its peer has cut off already; the first read tells.
    }
  }

  /** Reads at least one byte; `null` at the end. @throws when the client is gone, or this end was closed */
  read(buffer: Uint8Array): Promise<number | null> {
    return this.#inner.read(buffer);
  }

  /** Writes all bytes. @throws when the client is gone, or this end was closed */
  async write(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length;) at += await this.#inner.write(bytes.subarray(at));
  }

  /** No more bytes are sent. */
  async endWriting(): Promise<void> {
    if (this.#open) await this.#inner.closeWrite();
  }

  /** Cuts the client off. */
  reset(): void {
    // The descriptor of one that was closed may be another's by now.
    if (!this.#open) return;
    this.#open = false;
    resetConnection(this.#inner);
  }

  /** Ends it in order. */
  close(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#inner.close();
  }
}
