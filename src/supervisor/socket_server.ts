/**
 * The socket of a supervisor: takes connections, each a link of one client, and hands on the sessions that
 * clients open.
 *
 * @module
 */
import { dirname } from "node:path";
import { withinDeadline } from "../async/deadline.ts";
import { delay } from "../async/delay.ts";
import { removeIfThere } from "../files/remove_if_there.ts";
import {
  ACK_FIELDS,
  type SupervisorMessages,
  supervisorProtocol,
  type SupervisorRequest,
} from "../supervisor_protocol/messages.ts";
import { serveLink, type ServerStream } from "../wire/server_link.ts";
import { unixTransport } from "../wire/unix_transport.ts";

/** The pause after a connection could not be accepted, in milliseconds. */
const ACCEPT_PAUSE_MILLISECONDS = 100;

/** Serves one session of a client; must not throw. */
export type SessionHandler = (stream: ServerStream<SupervisorMessages>, request: SupervisorRequest) => void;

/** A socket that is listened on. */
export class SocketServer {
  readonly #path: string;
  readonly #listener: Deno.UnixListener;
  readonly #open: SessionHandler;
  readonly #connections = new Set<Promise<void>>();
  #closed = false;

  /**
   * Listens on a socket that only its owner can reach.
   *
   * @param path of the socket; what is there is removed, and the folder is made
   */
  constructor(path: string, open: SessionHandler) {
    this.#path = path;
    this.#open = open;
    const folder = dirname(path);
    Deno.mkdirSync(folder, { recursive: true, mode: 0o700 });
    Deno.chmodSync(folder, 0o700);
    removeIfThere(path);
    this.#listener = Deno.listen({ transport: "unix", path });
    Deno.chmodSync(path, 0o600);
    void this.#accept();
  }

  /**
   * Takes no more connections, gives clients time to read what was sent to them, and removes the socket.
   *
   * @param milliseconds how long clients may take
   */
  async close(milliseconds: number): Promise<void> {
    this.#closed = true;
    this.#listener.close();
    await withinDeadline(Promise.all(this.#connections), milliseconds);
    removeIfThere(this.#path);
  }

  /** A connection that cannot be taken (too many files are open) does not end the supervisor. */
  async #accept(): Promise<void> {
    while (!this.#closed) {
      try {
        this.#welcome(await this.#listener.accept());
      } catch {
        if (!this.#closed) await delay(ACCEPT_PAUSE_MILLISECONDS);
      }
    }
  }

  #welcome(connection: Deno.UnixConn): void {
    const transport = unixTransport(connection);
    const served = serveLink(transport, supervisorProtocol, {
      hello: () => ACK_FIELDS,
      open: this.#open,
    }).catch(() => {}).finally(() => {
      transport.close();
      this.#connections.delete(served);
    });
    this.#connections.add(served);
  }
}
