/**
 * Carries one TCP connection over one session of the guest: bytes, half-close and reset, each way.
 *
 * @module
 */
import type { GuestMessages, SessionEvent } from "../guest_protocol/messages.ts";
import type { ClientStream } from "../wire/client_link.ts";
import { INITIAL_CREDIT } from "../wire/credit.ts";
import { Channel } from "../wire/stream.ts";
import type { Connection } from "./connection.ts";

/** Bytes read at once while a client sends little, as most do. */
const FIRST_READ_BYTES = 4_096;

/** Bytes read at once from a client that sends much: what fills two frames. */
const READ_BYTES = 65_516;

type Session = Pick<
  ClientStream<GuestMessages>,
  "limit" | "nextMessage" | "read" | "write" | "end" | "reset" | "ended" | "over" | "cutOff"
>;

/**
 * Carries it to its end; never rejects. Where no server of the guest takes the connection, the client is reset.
 *
 * @param stream a `connect` session
 * @param limit how many bytes that a server has not taken may wait in the guest's agent
 */
export async function forwardTcp(
  connection: Connection,
  stream: Session,
  limit: () => number = () => INITIAL_CREDIT,
): Promise<void> {
  try {
    const answer = await stream.nextMessage();
    if (answer?.kind !== "connected") return;
    void stream.ended.then(() => stream.cutOff && connection.reset());
    const sent = send(connection, stream, limit);
    sent.catch(() => {});
    const last = await receive(connection, stream);
    // The server's reset, behind all that it had sent.
    if (last !== undefined || stream.cutOff) return;
    await sent;
    connection.close();
  } catch {
    stream.reset("the client is gone");
  } finally {
    connection.reset();
  }
}

async function send(connection: Connection, stream: Session, limit: () => number): Promise<void> {
  try {
    let buffer = new Uint8Array(FIRST_READ_BYTES);
    for (let count = await connection.read(buffer); count !== null; count = await connection.read(buffer)) {
      stream.limit(Channel.stdin, limit());
      if (!await stream.write(Channel.stdin, buffer.subarray(0, count))) return;
      // One that has become idle holds little memory.
      const wanted = count === buffer.length ? READ_BYTES : FIRST_READ_BYTES;
      if (buffer.length !== wanted) buffer = new Uint8Array(wanted);
    }
    stream.end(Channel.stdin);
  } catch (error) {
    // What the server sends meanwhile is for nobody. Nothing happens where the session is over.
    stream.reset("the client is gone");
    throw error;
  }
}

/** @returns what the guest said behind the server's bytes, `undefined` for an end in order */
async function receive(connection: Connection, stream: Session): Promise<SessionEvent | undefined> {
  for (let bytes = await stream.read(Channel.stdout); bytes; bytes = await stream.read(Channel.stdout)) {
    await connection.write(bytes);
  }
  // What ended the session stands in front of its end; there is no message while it goes on.
  const last = stream.over ? await stream.nextMessage() : undefined;
  if (last || stream.cutOff) return last;
  await connection.endWriting();
  // The session ends when both directions have, or when the server resets the connection.
  await stream.ended;
  return await stream.nextMessage();
}
