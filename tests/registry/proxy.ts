/**
 * A small HTTP proxy: CONNECT to any host ends at one port of this host, as if that were the host.
 *
 * @module
 */

/** A running proxy; dispose it. */
export class Proxy implements AsyncDisposable {
  /** What it was asked to connect to. */
  readonly seen: string[] = [];
  readonly #listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  readonly #target: number;
  readonly #open = new Set<Deno.Conn>();
  readonly #running: Promise<void>;

  /** @param target the port behind it */
  constructor(target: number) {
    this.#target = target;
    this.#running = this.#run();
  }

  /** `http://127.0.0.1:PORT` */
  get url(): string {
    return `http://127.0.0.1:${this.#listener.addr.port}`;
  }

  /** Ends it and its connections. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#listener.close();
    for (const connection of this.#open) connection.close();
    await this.#running;
  }

  async #run(): Promise<void> {
    const tunnels: Promise<void>[] = [];
    // The iterator ends when the listener is closed.
    for await (const client of this.#listener) tunnels.push(this.#tunnel(client));
    await Promise.all(tunnels);
  }

  async #tunnel(client: Deno.Conn): Promise<void> {
    const server = await Deno.connect({ hostname: "127.0.0.1", port: this.#target });
    const both = [client, server];
    for (const connection of both) this.#open.add(connection);
    try {
      const head = await readHead(client);
      this.seen.push(/^CONNECT (\S+) /.exec(head)?.[1] ?? head);
      await client.write(new TextEncoder().encode("HTTP/1.1 200 Connection established\r\n\r\n"));
      await Promise.race([copy(client, server), copy(server, client)]);
    } catch {
      // One end is gone, and with it the tunnel.
    } finally {
      for (const connection of both) if (this.#open.delete(connection)) close(connection);
    }
  }
}

/** The request up to its empty line; a client sends no more before it is answered. */
async function readHead(client: Deno.Conn): Promise<string> {
  let head = "";
  const buffer = new Uint8Array(4096);
  while (!head.includes("\r\n\r\n")) {
    const count = await client.read(buffer);
    if (count === null) throw new Error("the client ended within its request");
    head += new TextDecoder().decode(buffer.subarray(0, count));
  }
  return head;
}

async function copy(from: Deno.Conn, to: Deno.Conn): Promise<void> {
  const buffer = new Uint8Array(65_536);
  for (let count = await from.read(buffer); count !== null; count = await from.read(buffer)) {
    for (let at = 0; at < count;) at += await to.write(buffer.subarray(at, count));
  }
}

function close(connection: Deno.Conn): void {
  try {
    connection.close();
  } catch {
    // The other side was quicker.
  }
}
