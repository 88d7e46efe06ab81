/**
 * A client's hello and the wait for the answer to it.
 *
 * @module
 */
import { SmolvmError } from "../error.ts";
import { FrameType, MAX_FRAME_BYTES, ProtocolError } from "./frames.ts";
import { encodeHello, encodeLongHello, GreetingScanner } from "./greeting.ts";
import { decodeJsonOr } from "./json.ts";
import { type Greeting, greetingSchema, type Messages, type OwnFields, type Protocol } from "./protocol.ts";
import { VERSION } from "../version.ts";
import type { Transport } from "./transport.ts";

/** The server speaks another version of the protocol; fields for those who know what to do about it. */
export class OtherVersion extends Error {
  override readonly name = "OtherVersion";
  /** What the server said of itself. */
  readonly theirs: Greeting;

  constructor(theirs: Greeting) {
    super(`the server speaks protocol ${theirs.protocol}`);
    this.theirs = theirs;
  }
}

/** The server's answer, and the bytes that came behind it. */
export interface Greeted<M extends Messages> {
  readonly ack: M["ack"];
  readonly rest: Uint8Array;
}

/**
 * Says hello and waits for the answer to it.
 *
 * @param own the protocol's own part of the hello
 * @throws {SmolvmError} kind `guest` when the server speaks another version, with {@linkcode OtherVersion} as
 * its cause
 * @throws {ProtocolError} when the byte stream ends
 */
export async function greet<M extends Messages>(
  transport: Transport,
  protocol: Protocol<M>,
  own: OwnFields<M["hello"]>,
): Promise<Greeted<M>> {
  const nonce = crypto.randomUUID().replaceAll("-", "");
  const hello = { protocol: protocol.version, nonce, version: VERSION, ...own };
  const [heard] = await Promise.all([
    awaitAnswer(transport, (payload) => judgeAnswer(payload, nonce, protocol)),
    send(transport, transport.fresh ? encodeHello(hello) : encodeLongHello(hello)),
  ]);
  if (heard.greeting.other) throw otherVersion(heard.greeting.other, protocol);
  return { ack: heard.greeting.ack, rest: heard.rest };
}

type Answer<M extends Messages> =
  | { readonly ack: M["ack"]; readonly other?: undefined }
  | { readonly other: Greeting };

/** An answer that does not fit, or to another nonce, is not the one; the right one may still come. */
function judgeAnswer<M extends Messages>(
  payload: Uint8Array,
  nonce: string,
  protocol: Protocol<M>,
): Answer<M> | undefined {
  const basics = decodeJsonOr(payload, greetingSchema);
  if (basics?.nonce !== nonce) return undefined;
  if (basics.protocol !== protocol.version) return { other: basics };
  const ack = decodeJsonOr(payload, protocol.ack);
  return ack && { ack };
}

async function awaitAnswer<T>(
  transport: Transport,
  judge: (payload: Uint8Array) => T | undefined,
): Promise<{ greeting: T; rest: Uint8Array }> {
  const scanner = new GreetingScanner(FrameType.helloAck, judge);
  const buffer = new Uint8Array(65_536);
  for (;;) {
    const count = await transport.read(buffer);
    if (count === null) throw new ProtocolError("the stream ended");
    const found = scanner.push(buffer.subarray(0, count));
    if (found) return found;
  }
}

async function send(transport: Transport, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) {
    at += await transport.write(bytes.subarray(at, at + MAX_FRAME_BYTES));
  }
}

function otherVersion(
  theirs: Greeting,
  { server, version }: { readonly server: string; readonly version: number },
): SmolvmError {
  const smolvm = theirs.version.slice(0, 40);
  return new SmolvmError("guest", {
    action: `talk to ${server}`,
    reason: `it speaks protocol ${theirs.protocol} (smolvm ${smolvm}), this smolvm ${version}`,
    remedy: "stop the VM and start it with this smolvm",
    cause: new OtherVersion(theirs),
  });
}
