/**
 * Ends a TCP connection by a reset, which Deno cannot: its close always sends a FIN first.
 *
 * @module
 */

import { disconnect } from "./libc.ts";
import { socketDescriptor } from "./socket_descriptor.ts";

/**
 * Closes a connection and tells the peer that it was cut off. Elsewhere than on Linux
 * the peer sees an ordinary end.
 */
export function resetConnection(connection: Deno.Conn): void {
  const fd = Deno.build.os === "linux" ? descriptorOf(connection) : undefined;
  if (fd !== undefined) disconnect(fd);
  try {
    connection.close();
  } catch {
    // It was closed already.
  }
}

/**
 * Deno keeps the descriptor of a connection that it has accepted under a symbol of its own; one that was closed has
 * given it back. Of a connection that it has made it keeps none.
 */
function descriptorOf(connection: Deno.Conn): number | undefined {
  const symbol = Object.getOwnPropertySymbols(connection).find(({ description }) =>
    description === "Deno.internal.fd"
  );
  const fd: unknown = symbol && Reflect.get(connection, symbol);
  if (typeof fd === "number") return fd;
  const { localAddr, remoteAddr } = connection;
  if (localAddr.transport !== "tcp" || remoteAddr.transport !== "tcp") return undefined;
  return socketDescriptor(localAddr, remoteAddr);
}
