/**
 * A connected pair of Unix stream sockets: one end is this process's, read and written by Deno; a child inherits the
 * other. The child needs no path and no right to make sockets, and no name is left by which anybody else could connect.
 *
 * @module
 */
import { socketFolder, UnixSocket } from "./unix_socket.ts";

/** The pair. Disposing closes the child's end here, and this one too unless it was taken. */
export class HandedConnection implements Disposable {
  readonly #inherited: UnixSocket;
  readonly #own: Deno.UnixConn;
  #taken = false;

  private constructor(inherited: UnixSocket, own: Deno.UnixConn) {
    this.#inherited = inherited;
    this.#own = own;
  }

  /** Opens one. @throws {Error} when a call fails */
  static async open(): Promise<HandedConnection> {
    using folder = socketFolder();
    using opened = new DisposableStack();
    const [path, client] = [`${folder.path}/s`, `${folder.path}/c`];
    const listener = opened.use(Deno.listen({ transport: "unix", path }));
    const inherited = opened.use(new UnixSocket());
    // The client's own name tells it from another process of this user that found the listener first.
    inherited.bind(client);
    inherited.connect(path);
    for (;;) {
      const own = await listener.accept();
      if (own.remoteAddr.path !== client) {
        own.close();
        continue;
      }
      listener.close();
      opened.move();
      return new HandedConnection(inherited, own);
    }
  }

  /** The child's end, inherited under the same number. */
  get descriptor(): number {
    return this.#inherited.descriptor;
  }

  /** This process's end. The caller closes it from now on. */
  take(): Deno.UnixConn {
    this.#taken = true;
    return this.#own;
  }

  [Symbol.dispose](): void {
    this.#inherited[Symbol.dispose]();
    if (!this.#taken) this.#own.close();
    this.#taken = true;
  }
}
