/**
 * Peers of a link under test: a host's words, an agent that echoes, an agent that lies.
 *
 * @module
 */
import { type GuestMessages, type OpenRequest, PROTOCOL_VERSION } from "../../src/guest_protocol/messages.ts";
import type { ClientLink } from "../../src/wire/client_link.ts";
import { encodeHelloAck } from "../../src/wire/greeting.ts";
import type { ServerHandlers, ServerStream } from "../../src/wire/server_link.ts";
import { Channel } from "../../src/wire/stream.ts";
import type { Transport } from "../../src/wire/transport.ts";
import { assertEquals } from "./assert.ts";

/** The host's first words. */
export const hello = { clock: 0, hostname: "vm" };
/** How the host connects. */
export const options = { hello, deadlineMilliseconds: 5_000 };
/** An open that needs nothing. */
export const status: OpenRequest = { kind: "status" };

/** An agent that sends back what it is sent, then closes. */
export const echo: ServerHandlers<GuestMessages> = {
  hello: () => ({ boot: [] }),
  open: (stream) => void echoStream(stream),
};

/** Sends back what comes on one stream. */
export async function echoStream(stream: ServerStream<GuestMessages>): Promise<void> {
  for (let bytes = await stream.read(Channel.stdin); bytes; bytes = await stream.read(Channel.stdin)) {
    await stream.write(Channel.stdout, bytes);
  }
  stream.end(Channel.stdout);
  stream.send({ kind: "exited", code: 0, signal: null, outOfMemory: false, timedOut: false });
  stream.close();
}

/** What comes back of bytes on a stream of their own. */
export async function roundTrip(link: ClientLink<GuestMessages>, bytes: Uint8Array): Promise<Uint8Array> {
  const stream = link.open(status);
  const sent = stream.write(Channel.stdin, bytes).then(() => stream.end(Channel.stdin));
  const back: Uint8Array[] = [];
  for (let part = await stream.read(Channel.stdout); part; part = await stream.read(Channel.stdout)) {
    back.push(part.slice());
  }
  await sent;
  assertEquals((await stream.nextMessage())?.kind, "exited");
  assertEquals((await stream.ended).reason, undefined);
  return new Uint8Array(await new Blob(back as Uint8Array<ArrayBuffer>[]).arrayBuffer());
}

/** Reads up to the hello and takes its nonce. */
export async function readNonce(transport: Transport): Promise<string> {
  const buffer = new Uint8Array(65_536);
  for (let text = "";;) {
    text += new TextDecoder().decode(buffer.subarray(0, (await transport.read(buffer)) ?? 0));
    const nonce = /"nonce":"([0-9a-f]{32})"/.exec(text)?.[1];
    if (nonce) return nonce;
  }
}

/** Answers the first hello with the frames given, as a hostile agent would, and reads on. */
export async function lyingAgent(transport: Transport, frames: readonly Uint8Array[]): Promise<void> {
  const buffer = new Uint8Array(65_536);
  const nonce = await readNonce(transport);
  await transport.write(encodeHelloAck({ protocol: PROTOCOL_VERSION, nonce, version: "x", boot: [] }));
  try {
    for (const frame of frames) await transport.write(frame);
    while (await transport.read(buffer));
  } catch {
    // The host has hung up, as it should.
  }
}
