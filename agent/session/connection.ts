/**
 * One session that is one connection to a server of the guest: finds the server, and carries bytes both ways.
 *
 * @module
 */
import { Garbage } from "../../src/async/garbage.ts";
import type { ConnectRequest, GuestMessages } from "../../src/guest_protocol/messages.ts";
import { MAX_PAYLOAD_BYTES } from "../../src/wire/frames.ts";
import type { ServerStream } from "../../src/wire/server_link.ts";
import { Channel } from "../../src/wire/stream.ts";
import { runningContainers } from "../container/running.ts";
import { LaunchError } from "../program/prepared.ts";
import { SyscallError } from "../syscalls/libc.ts";
import { Socket } from "../syscalls/socket.ts";
import { serveDatagrams } from "./datagrams.ts";
import { giveBack } from "./give_back.ts";

/** How long a server whose queue is full is waited for, in milliseconds. */
const CONNECT_MILLISECONDS = 10_000;

/** Credit is given back in steps of this many bytes, so that a host with many connections can send little on each. */
const CREDIT_STEP_BYTES = 16_384;

const garbage = new Garbage(giveBack);

/** What all connections read into, because each reads only what it can send on at once. */
const scratch = new Uint8Array(MAX_PAYLOAD_BYTES - 1);

/**
 * Serves a connection to its end.
 *
 * @throws {LaunchError} when no server listens, or the server reset the connection
 */
export async function serveConnection(
  stream: ServerStream<GuestMessages>,
  request: ConnectRequest,
): Promise<void> {
  if (request.protocol === "udp") {
    return await serveDatagrams(stream, request.port, places(request.container));
  }
  using socket = await connect(stream, request);
  garbage.add();
  using ended = new DisposableStack();
  ended.defer(() => garbage.add());
  void stream.ended.then(() => stream.cutOff && socket.reset());
  stream.stepsOf(Channel.stdin, CREDIT_STEP_BYTES);
  stream.send({ kind: "connected" });
  const sent = send(stream, socket);
  await receive(stream, socket);
  if (!await sent) throw failure("the server reset the connection");
}

/** A place where a server may listen: a network namespace, `undefined` for the VM's own. */
export type Place = string | undefined;

/** Where servers are looked for, in order. @param first id of the container that comes before the VM's own root */
export function places(first?: string): Place[] {
  const path = ({ pid }: { pid: number }): string => `/proc/${pid}/ns/net`;
  const all = runningContainers();
  const own = all.filter(([id]) => id === first).map(([, container]) => path(container));
  return [...own, undefined, ...all.filter(([id]) => id !== first).map(([, container]) => path(container))];
}

/** The first server that answers. */
async function connect(stream: ServerStream<GuestMessages>, request: ConnectRequest): Promise<Socket> {
  const { port } = request;
  const end = performance.now() + CONNECT_MILLISECONDS;
  for (const netns of places(request.container)) {
    for (const address of ["127.0.0.1", "::1"] as const) {
      try {
        return await Socket.connect("tcp", { netns, address, port, milliseconds: end - performance.now() });
      } catch (error) {
        if (!(error instanceof SyscallError)) throw error;
        if (stream.over || performance.now() >= end) {
          throw failure("the server did not take the connection in time");
        }
      }
    }
  }
  throw failure("connection refused");
}

/**
 * Carries the client's bytes to the server, whose reset is noted: what the server sent before can still be read.
 *
 * @returns false when the server has reset the connection
 */
async function send(stream: ServerStream<GuestMessages>, socket: Socket): Promise<boolean> {
  let taken = true;
  for (let bytes = await stream.read(Channel.stdin); bytes; bytes = await stream.read(Channel.stdin)) {
    // Bytes that nobody takes any more are dropped, so that the host's credit does not run out.
    if (taken) taken = await socket.write(bytes).catch(() => false);
  }
  if (taken && !stream.cutOff) socket.endWriting();
  return taken;
}

/**
 * Carries the server's bytes to the client.
 *
 * @throws {LaunchError} when the server has reset the connection
 */
async function receive(stream: ServerStream<GuestMessages>, socket: Socket): Promise<void> {
  for (;;) {
    const room = stream.room(Channel.stdout);
    if (room === 0) {
      if (!await stream.roomy(Channel.stdout)) return;
      continue;
    }
    const count = read(socket, room);
    if (count === undefined) await socket.ready();
    // Done before anybody else reads into the same memory: there is room.
    else if (count > 0) void stream.write(Channel.stdout, scratch.subarray(0, count));
    else return stream.end(Channel.stdout);
  }
}

function read(socket: Socket, room: number): number | undefined {
  try {
    return socket.readNow(scratch.subarray(0, room));
  } catch (error) {
    if (error instanceof SyscallError) throw failure("the server reset the connection");
    throw error;
  }
}

function failure(reason: string): LaunchError {
  return new LaunchError({ exitCode: 125, reason, step: "connect" });
}
