/**
 * Servers on this host's loopback that guests of the tests reach, and a gateway that leads each address of the
 * documentation's ranges to them: no test needs, or touches, a network outside.
 *
 * @module
 */
import { Gateway } from "../../src/net/gateway/gateway.ts";
import { resetConnection } from "../../src/ffi/reset_connection.ts";
import type { FlowRecord, FlowTarget, NameServer, Verdict } from "../../src/net/model/gateway_parts.ts";
import type { TapGuest } from "../harness/tap_guest.ts";

/** What a guest connects to: the judge leads it to the loopback of this host. */
export const SERVER_IPV4 = "192.0.2.1";
export const SERVER_IPV6 = "2001:db8::1";

/** A gateway at work. */
export interface AtWork extends AsyncDisposable {
  readonly gateway: Gateway;
  readonly ended: FlowRecord[];
  judge: (target: FlowTarget) => Verdict;
}

/** Answers each question by itself. */
const MIRROR: NameServer = { answer: (query) => Promise.resolve(query.slice()) };

/** Sets a gateway to work for a guest. */
export function gatewayFor(guest: TapGuest, names: NameServer = MIRROR): AtWork {
  const ended: FlowRecord[] = [];
  const work = {
    ended,
    judge: (target: FlowTarget): Verdict => ({
      allowed: true,
      rule: "--net",
      dial: [target.address.includes(":") ? "::1" : "127.0.0.1"],
      inspect: false,
    }),
  };
  const gateway = new Gateway({
    conn: guest.conn,
    judge: {
      flow: (target) => work.judge(target),
      firstBytes: (_target, verdict) => verdict,
      unmade: () => {},
    },
    names,
    log: { ended: (flow) => ended.push(flow) },
  });
  const running = gateway.run();
  return Object.assign(work, {
    gateway,
    [Symbol.asyncDispose]: async () => {
      gateway.close();
      await running;
    },
  });
}

/** How a server serves one connection, which is closed behind it. */
export type Serve = (conn: Deno.TcpConn) => Promise<void>;

/** A server on a port of its own. */
export class Server implements AsyncDisposable {
  readonly port: number;
  readonly #listener: Deno.TcpListener;
  readonly #serving = new Set<Promise<void>>();
  readonly #accepting: Promise<void>;

  constructor(serve: Serve, hostname = "127.0.0.1") {
    this.#listener = Deno.listen({ hostname, port: 0 });
    this.port = this.#listener.addr.port;
    this.#accepting = this.#accept(serve);
  }

  async #accept(serve: Serve): Promise<void> {
    for await (const conn of this.#listener) {
      const served = serve(conn).catch(() => {}).finally(() => {
        this.#serving.delete(served);
        try {
          conn.close();
        } catch {
          // It was.
        }
      });
      this.#serving.add(served);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listener.close();
    await this.#accepting;
    await Promise.all(this.#serving);
  }
}

/** Writes all of it. */
export async function writeAll(conn: Deno.Conn, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) at += await conn.write(bytes.subarray(at));
}

/** Sends back what comes. */
export async function echo(conn: Deno.TcpConn): Promise<void> {
  conn.setNoDelay(true);
  const buffer = new Uint8Array(262_144);
  for (let count = await conn.read(buffer); count !== null; count = await conn.read(buffer)) {
    await writeAll(conn, buffer.subarray(0, count));
  }
  await conn.closeWrite();
}

/** Reads to the end, and only then says how much it was. */
export async function count(conn: Deno.TcpConn): Promise<void> {
  let total = 0;
  const buffer = new Uint8Array(65_536);
  for (let count = await conn.read(buffer); count !== null; count = await conn.read(buffer)) total += count;
  await new Promise((resolve) => setTimeout(resolve, 100));
  await writeAll(conn, new TextEncoder().encode(`${total} bytes`));
}

/** Sends so much and ends. */
export function send(length: number): Serve {
  return async (conn) => {
    await writeAll(conn, new Uint8Array(length));
    await conn.closeWrite();
    await conn.read(new Uint8Array(1));
  };
}

/** Sends a little and resets. */
export async function sendAndReset(conn: Deno.TcpConn): Promise<void> {
  await writeAll(conn, new Uint8Array(7));
  await new Promise((resolve) => setTimeout(resolve, 100));
  resetConnection(conn);
}
