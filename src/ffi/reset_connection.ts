/**
 * Ends a TCP connection by a reset, which Deno cannot: its close always sends a FIN first.
 *
 * @module
 */

import { disconnect } from "./libc.ts";

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

/** Deno keeps a connection's descriptor under a symbol of its own; one that was closed has given it back. */
function descriptorOf(connection: Deno.Conn): number | undefined {
  const symbol = Object.getOwnPropertySymbols(connection).find(({ description }) =>
    description === "Deno.internal.fd"
  );
  const fd: unknown = symbol && Reflect.get(connection, symbol);
  return typeof fd === "number" ? fd : undefined;
}
