/**
 * A resolver of the test's own on this host's loopback, which says what the test wants it to say.
 *
 * @module
 */
import { createSocket, type Socket } from "node:dgram";

/** What it says to a query: a message, several, or nothing at all; now or later. */
export type Reply = (
  query: Uint8Array,
  transport: "udp" | "tcp",
  /** The port that asks. */
  port: number,
) => readonly Uint8Array[] | Promise<readonly Uint8Array[]>;

/** The resolver, on UDP and TCP of one port. */
export class StandInResolver implements AsyncDisposable {
  readonly address = "127.0.0.1";
  readonly port: number;
  /** Every query it got. */
  readonly asked: { readonly query: Uint8Array; readonly transport: "udp" | "tcp" }[] = [];
  readonly #socket: Socket;
  readonly #listener: Deno.TcpListener;
  readonly #serving: Promise<void>;

  private constructor(socket: Socket, listener: Deno.TcpListener, reply: Reply) {
    this.#socket = socket;
    this.#listener = listener;
    this.port = listener.addr.port;
    socket.on("message", (datagram, peer) => {
      const query = Uint8Array.from(datagram);
      this.asked.push({ query, transport: "udp" });
      void (async () => {
        for (const answer of await reply(query, "udp", peer.port)) {
          socket.send(answer, peer.port, peer.address);
        }
      })();
    });
    this.#serving = this.#serve(reply);
  }

  /** Listens on a port that is free for both. */
  static async start(reply: Reply): Promise<StandInResolver> {
    for (;;) {
      const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
      const socket = createSocket("udp4");
      const bound = await new Promise<boolean>((resolve) => {
        socket.once("error", () => resolve(false));
        socket.bind(listener.addr.port, "127.0.0.1", () => resolve(true));
      });
      if (bound) return new StandInResolver(socket, listener, reply);
      socket.close();
      listener.close();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#socket.close(() => resolve()));
    this.#listener.close();
    await this.#serving;
    await closed;
  }

  async #serve(reply: Reply): Promise<void> {
    for await (const connection of this.#listener) {
      using _ = connection;
      const query = await readMessage(connection);
      if (!query) continue;
      this.asked.push({ query, transport: "tcp" });
      for (const answer of await reply(query, "tcp", connection.remoteAddr.port)) {
        await connection.write(Uint8Array.of(answer.length >> 8, answer.length & 255, ...answer));
      }
    }
  }
}

/** A query of a few bytes, which comes in one piece. */
async function readMessage(connection: Deno.Conn): Promise<Uint8Array | undefined> {
  const bytes = new Uint8Array(4_096);
  const count = await connection.read(bytes).catch(() => null);
  return count === null ? undefined : bytes.slice(2, count);
}
