/**
 * A Unix stream socket that listens and a connection that waits in its queue, for two children that inherit one each:
 * a server that wants a listener, and its only client. No name is left by which anybody else could connect.
 *
 * @module
 */
import { socketFolder, UnixSocket } from "./unix_socket.ts";

/** The two. Disposing closes them here; children that were started keep theirs. */
export class QueuedConnection implements Disposable {
  readonly #sockets: DisposableStack;
  /** Descriptor of the listener, inherited under the same number. */
  readonly listener: number;
  /** Descriptor of the connection, inherited under the same number. */
  readonly connection: number;

  private constructor(sockets: DisposableStack, listener: number, connection: number) {
    this.#sockets = sockets;
    this.listener = listener;
    this.connection = connection;
  }

  /** Opens one. @throws {Error} when a call fails */
  static open(): QueuedConnection {
    using folder = socketFolder();
    using sockets = new DisposableStack();
    const [listener, connection] = [sockets.use(new UnixSocket()), sockets.use(new UnixSocket())];
    listener.bind(`${folder.path}/s`);
    listener.listen(1);
    connection.connect(`${folder.path}/s`);
    return new QueuedConnection(sockets.move(), listener.descriptor, connection.descriptor);
  }

  [Symbol.dispose](): void {
    this.#sockets.dispose();
  }
}
