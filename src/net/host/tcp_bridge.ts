/**
 * Joins a connection to a server with the guest's side of a flow: bytes, ends and resets, each way by itself, and only
 * as fast as the other side takes them.
 *
 * @module
 */
import type { HostStream } from "./host_stream.ts";

/** The guest's side of a flow. None of it throws. */
export interface GuestSide {
  /** Where the server's next bytes may be read to; `undefined`: nowhere before {@linkcode TcpBridge.wake}. */
  space(): Uint8Array | undefined;
  /** So many came into it; 0: none will. */
  fromServer(count: number): void;
  /** The server has ended. */
  serverEnded(): void;
  /** The server is gone, and nothing comes from it or goes to it. */
  serverFailed(): void;
  /** The next bytes for the server, which stay where they are until {@linkcode toServer}; `undefined`: none yet. */
  waiting(): Uint8Array | undefined;
  /** The server has got so many of them. */
  toServer(count: number): void;
  /** Whether none will come any more. */
  readonly guestEnded: boolean;
  /** Both directions are over, and the connection is closed. */
  bridgeOver(): void;
}

/** The bridge. It works from when it is made. */
export class TcpBridge {
  readonly #stream: HostStream;
  readonly #side: GuestSide;
  #woken = Promise.withResolvers<void>();
  #open = true;
  #writeFailed = false;

  constructor(stream: HostStream, side: GuestSide) {
    this.#stream = stream;
    this.#side = side;
    void this.#carry();
  }

  /** Whether the connection is still open. */
  get open(): boolean {
    return this.#open;
  }

  /** Room was made, bytes are waiting, or the guest has ended. */
  wake(): void {
    this.#woken.resolve();
    this.#woken = Promise.withResolvers();
  }

  /** Cuts the server off. From then on nothing is told to the guest's side. */
  reset(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#stream.reset();
    this.wake();
  }

  async #carry(): Promise<void> {
    await Promise.all([this.#fromServer(), this.#toServer()]);
    if (!this.#open) return;
    this.#open = false;
    this.#stream.close();
    this.#side.bridgeOver();
  }

  async #fromServer(): Promise<void> {
    try {
      while (this.#open) {
        const space = this.#side.space();
        if (!space) {
          await this.#woken.promise;
          continue;
        }
        const count = await this.#stream.read(space);
        if (!this.#open) return;
        this.#side.fromServer(count ?? 0);
        if (count !== null) continue;
        // Linux tells a reset once: to the write, and then reads end as if in order.
        return this.#writeFailed ? this.#side.serverFailed() : this.#side.serverEnded();
      }
    } catch {
      if (!this.#open) return;
      this.#side.fromServer(0);
      this.#side.serverFailed();
    }
  }

  async #toServer(): Promise<void> {
    while (this.#open) {
      const bytes = this.#side.waiting();
      if (bytes) {
        const count = await this.#write(bytes);
        if (!this.#open) return;
        this.#side.toServer(count);
      } else if (this.#side.guestEnded) {
        await this.#stream.closeWrite().catch(() => {});
        return;
      } else await this.#woken.promise;
    }
  }

  /** What cannot be written is dropped: the read that is under way tells what is the matter. */
  async #write(bytes: Uint8Array): Promise<number> {
    if (this.#writeFailed) return bytes.length;
    try {
      return await this.#stream.write(bytes);
    } catch {
      this.#writeFailed = true;
      return bytes.length;
    }
  }
}
