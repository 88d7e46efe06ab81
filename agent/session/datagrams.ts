/**
 * One session that is one peer of a UDP server in the guest: its datagrams both ways, each behind its length.
 *
 * @module
 */
import type { GuestMessages } from "../../src/guest_protocol/messages.ts";
import { DatagramDecoder, encodeDatagram, MAX_DATAGRAM_BYTES } from "../../src/wire/datagrams.ts";
import type { ServerStream } from "../../src/wire/server_link.ts";
import { Channel } from "../../src/wire/stream.ts";
import { LaunchError } from "../program/prepared.ts";
import { SyscallError } from "../syscalls/libc.ts";
import { Socket } from "../syscalls/socket.ts";

/** How long connect(2) of UDP, which waits for nothing, may take, in milliseconds. */
const CONNECT_MILLISECONDS = 1_000;

/** What all peers' datagrams are read into: each is copied behind its length at once. */
const scratch = new Uint8Array(MAX_DATAGRAM_BYTES);

/**
 * Serves a peer until the host ends its datagrams, or the server is gone. UDP has no handshake: the server is
 * where the first datagram is not refused, which a loopback says at once.
 *
 * @param places network namespaces where the server may be, in order
 * @throws {LaunchError} when no server listens
 */
export async function serveDatagrams(
  stream: ServerStream<GuestMessages>,
  port: number,
  places: readonly (string | undefined)[],
): Promise<void> {
  const decoder = new DatagramDecoder();
  let socket: Socket | undefined;
  try {
    for (let bytes = await stream.read(Channel.stdin); bytes; bytes = await stream.read(Channel.stdin)) {
      for (const datagram of decoder.push(bytes)) {
        if (socket) {
          if (!socket.sendDatagram(datagram)) throw refused();
          continue;
        }
        socket = await firstTaken(datagram, port, places);
        stream.send({ kind: "connected" });
        void receive(stream, socket);
      }
    }
  } finally {
    socket?.[Symbol.dispose]();
  }
}

/** Sends the first datagram to the first server that takes it. */
async function firstTaken(
  datagram: Uint8Array,
  port: number,
  places: readonly (string | undefined)[],
): Promise<Socket> {
  for (const netns of places) {
    for (const address of ["127.0.0.1", "::1"] as const) {
      try {
        using found = new DisposableStack();
        const socket = found.use(
          await Socket.connect("udp", { netns, address, port, milliseconds: CONNECT_MILLISECONDS }),
        );
        if (!socket.sendDatagram(datagram)) continue;
        found.move();
        return socket;
      } catch (error) {
        if (!(error instanceof SyscallError)) throw error;
      }
    }
  }
  throw refused();
}

async function receive(stream: ServerStream<GuestMessages>, socket: Socket): Promise<void> {
  try {
    while (socket.open) {
      const count = socket.readNow(scratch);
      if (count === undefined) await socket.ready();
      else if (
        socket.open && !await stream.write(Channel.stdout, encodeDatagram(scratch.subarray(0, count)))
      ) return;
    }
  } catch {
    // Refused since: the next datagram of the peer says so.
  }
}

function refused(): LaunchError {
  return new LaunchError({ exitCode: 125, reason: "connection refused", step: "connect" });
}
