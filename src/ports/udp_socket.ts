/**
 * A bound UDP socket of this host.
 *
 * @module
 */
import type { Socket } from "node:dgram";

/** Who sent a datagram. */
export interface Peer {
  readonly address: string;
  readonly port: number;
}

/** The socket. */
export class UdpSocket {
  readonly #inner: Socket;
  readonly port: number;

  private constructor(inner: Socket) {
    this.#inner = inner;
    this.port = inner.address().port;
  }

  /**
   * Binds a socket. node:dgram is loaded when it is first needed.
   *
   * @param port 0: any free one
   * @throws {Deno.errors.AddrInUse | Deno.errors.PermissionDenied | Error}
   */
  static async bind(address: string, port: number): Promise<UdpSocket> {
    const { createSocket } = await import("node:dgram");
    const inner = createSocket({ type: address.includes(":") ? "udp6" : "udp4" });
    try {
      await new Promise<void>((resolve, reject) => {
        inner.once("error", reject);
        inner.bind({ address, port }, () => resolve());
      });
    } catch (error) {
      inner.close();
      throw denoError(error);
    }
    inner.removeAllListeners("error");
    // An ICMP answer to what was sent to a peer that is gone.
    inner.on("error", () => {});
    return new UdpSocket(inner);
  }

  /** Has every datagram that comes from now on told. */
  onDatagram(tell: (datagram: Uint8Array, from: Peer) => void): void {
    this.#inner.on("message", (datagram, { address, port }) => tell(datagram, { address, port }));
  }

  /** Sends a datagram, or loses it. */
  send(datagram: Uint8Array, { address, port }: Peer): void {
    this.#inner.send(datagram, port, address, () => {});
  }

  close(): void {
    this.#inner.close();
  }
}

/** The error that Deno's own listeners would throw. */
function denoError(error: unknown): unknown {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  const message = error instanceof Error ? error.message : String(error);
  if (code === "EADDRINUSE") return new Deno.errors.AddrInUse(message);
  if (code === "EACCES") return new Deno.errors.PermissionDenied(message);
  if (code === "EADDRNOTAVAIL") return new Deno.errors.AddrNotAvailable(message);
  return error;
}
