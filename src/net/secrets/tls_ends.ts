/**
 * Both ends of a TLS connection that is taken apart: the server's end for the guest, and the client's end to the real
 * server, whose certificate this host has to trust.
 *
 * Deno ends TLS for a server on connections of a TLS listener alone. So a listener on this host's loopback stands for the
 * milliseconds in which this process connects to it itself; a connection of anybody else is closed unread.
 *
 * @module
 */
import { DialFailure } from "../host/host_stream.ts";
import type { Leaf } from "./authority.ts";

/** How long each step may take, in milliseconds. */
const STEP_MILLISECONDS = 30_000;

/** Most connections of others that are closed while this process's own is waited for. */
const MAX_STRANGERS = 64;

/** No HTTP/2: its requests are in one stream, compressed, so that nothing could be put into one. */
const PROTOCOLS = ["http/1.1"];

/** A server's end of TLS. */
export interface ServerEnd {
  /** Where the client's bytes go in, and the server's come out, encrypted. */
  readonly wire: Deno.TcpConn;
  /** The same, deciphered. */
  readonly plain: Deno.TlsConn;
}

/** Makes a server's end. @throws {DialFailure} when this host's loopback does not carry it */
export async function serverEnd({ cert, key }: Leaf): Promise<ServerEnd> {
  const listener = Deno.listenTls({ hostname: "127.0.0.1", port: 0, cert, key, alpnProtocols: PROTOCOLS });
  let wire: Deno.TcpConn | undefined;
  const timer = setTimeout(() => closeQuietly(listener), STEP_MILLISECONDS);
  try {
    const { port } = listener.addr as Deno.NetAddr;
    wire = await Deno.connect({ hostname: "127.0.0.1", port });
    const own = wire.localAddr as Deno.NetAddr;
    for (let strangers = 0; strangers <= MAX_STRANGERS; strangers++) {
      const plain = await listener.accept();
      const peer = plain.remoteAddr as Deno.NetAddr;
      // Two connections to one port of one address cannot have the same port at their other end.
      if (peer.hostname !== own.hostname || peer.port !== own.port) {
        closeQuietly(plain);
        continue;
      }
      wire.setNoDelay(true);
      return { wire, plain };
    }
    throw new Error("others connected instead");
  } catch (error) {
    if (wire) closeQuietly(wire);
    throw new DialFailure("failed", error);
  } finally {
    clearTimeout(timer);
    closeQuietly(listener);
  }
}

/**
 * Speaks TLS to a server.
 *
 * @param host the name that its certificate has to have
 * @param authorities PEM, beside those that Deno has
 * @throws why not: its certificate, or the connection
 */
export async function clientEnd(
  conn: Deno.TcpConn,
  host: string,
  authorities: readonly string[],
): Promise<Deno.TlsConn> {
  const timer = setTimeout(() => closeQuietly(conn), STEP_MILLISECONDS);
  let secure: Deno.TlsConn | undefined;
  try {
    secure = await Deno.startTls(conn, {
      hostname: host,
      caCerts: [...authorities],
      alpnProtocols: PROTOCOLS,
    });
    const own = secure;
    const late = setTimeout(() => closeQuietly(own), STEP_MILLISECONDS);
    await secure.handshake().finally(() => clearTimeout(late));
    return secure;
  } catch (error) {
    closeQuietly(secure ?? conn);
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

/** Closes what may be closed already. */
export function closeQuietly(one: { close(): void }): void {
  try {
    one.close();
  } catch {
    // It is.
  }
}
