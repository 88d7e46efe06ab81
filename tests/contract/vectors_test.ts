import { assertEquals, assertThrows, assertTrue } from "../harness/assert.ts";
import { guestProtocol } from "../../src/guest_protocol/messages.ts";
import { supervisorProtocol } from "../../src/supervisor_protocol/messages.ts";
import { ReceiveCredit, SendCredit } from "../../src/wire/credit.ts";
import { decodeFrame, encodeFrame, FrameType, ProtocolError } from "../../src/wire/frames.ts";
import {
  encodeHello,
  encodeHelloAck,
  encodeLongHello,
  GreetingScanner,
  MAGIC,
} from "../../src/wire/greeting.ts";
import { decodeJson, decodeJsonOr, encodeJson } from "../../src/wire/json.ts";
import { decodeWord, encodeWord } from "../../src/text/byte_word.ts";
import credit from "../vectors/credit.json" with { type: "json" };
import frames from "../vectors/frames.json" with { type: "json" };
import greetings from "../vectors/greetings.json" with { type: "json" };
import guest from "../vectors/guest_messages.json" with { type: "json" };
import words from "../vectors/words.json" with { type: "json" };
import supervisor from "../vectors/supervisor_messages.json" with { type: "json" };

const bytesOf = (hex: string): Uint8Array => Uint8Array.fromHex(hex);

Deno.test("vectors: frames are decoded and encoded as written", () => {
  for (const { meaning, hex, stream, type, name, payload } of frames.good) {
    const found = decodeFrame(bytesOf(hex), 0);
    assertEquals(found?.next, hex.length / 2, meaning);
    assertEquals([found?.frame.stream, found?.frame.type, found?.frame.payload.toHex()], [
      stream,
      type,
      payload,
    ]);
    const own = FrameType[name as keyof typeof FrameType];
    assertEquals(encodeFrame({ stream, type: own, payload: bytesOf(payload) }).toHex(), hex, meaning);
  }
  for (const { meaning, hex } of frames.partial) {
    assertEquals(decodeFrame(bytesOf(hex), 0), undefined, meaning);
  }
  for (const { hex, error } of frames.bad) {
    assertThrows(() => decodeFrame(bytesOf(hex), 0), ProtocolError, error);
  }
});

/** What a reader of that side finds. */
function scan({ side, protocol, hex }: { side: string; protocol: string; hex: string }, zeros = 0) {
  const { hello, ack } = protocol === "guest" ? guestProtocol : supervisorProtocol;
  const type = side === "hello" ? FrameType.hello : FrameType.helloAck;
  const schema = side === "hello" ? hello : ack;
  const scanner = new GreetingScanner(type, (payload) => decodeJsonOr<unknown>(payload, schema));
  scanner.push(new Uint8Array(zeros));
  return scanner.push(bytesOf(hex));
}

Deno.test("vectors: greetings are found as written, and what is none is passed over", () => {
  for (const vector of greetings.good) {
    const found = scan(vector, vector.zeros);
    assertEquals([found?.greeting, found?.rest.toHex()], [vector.message, vector.rest], vector.meaning);
    if (!vector.hex.startsWith(MAGIC.toHex()) || vector.meaning.includes("cut off")) continue;
    const encode = vector.side === "ack" ? encodeHelloAck : vector.zeros > 0 ? encodeLongHello : encodeHello;
    assertEquals(encode(vector.message).toHex(), "00".repeat(vector.zeros) + vector.hex, vector.meaning);
  }
  for (const vector of greetings.ignored) assertEquals(scan(vector), undefined, vector.meaning);
});

Deno.test("vectors: words are read and written as the bytes they are", () => {
  for (const { meaning, hex, json } of words.good) {
    const word: string = JSON.parse(json);
    assertEquals([decodeWord(bytesOf(hex)), encodeWord(word).toHex()], [word, hex], meaning);
    assertEquals(JSON.parse(JSON.stringify(decodeWord(bytesOf(hex)))), word, meaning);
  }
});

/** One step of a vector of credit, of a sender or of a receiver. */
interface Step {
  readonly send?: number | undefined;
  readonly taken?: number | undefined;
  readonly window?: number | undefined;
  readonly receive?: number | undefined;
  readonly consume?: number | undefined;
  readonly back?: number | undefined;
  readonly error?: string | undefined;
}

/** Takes a step, or sees that it breaks the protocol. */
function take(step: () => void, error: string | undefined): void {
  if (error === undefined) step();
  else assertThrows(step, ProtocolError, error);
}

Deno.test("vectors: credit is counted as written", () => {
  for (const { meaning, steps } of credit.sender) {
    const sender = new SendCredit();
    for (const { send, taken, window = 0, error } of steps as readonly Step[]) {
      if (send !== undefined) assertEquals(sender.take(send), taken, meaning);
      else take(() => sender.add(window), error);
    }
  }
  for (const { meaning, steps } of credit.receiver) {
    const receiver = new ReceiveCredit();
    for (const { receive = 0, consume, back, error } of steps as readonly Step[]) {
      if (consume !== undefined) assertEquals(receiver.consume(consume), back, meaning);
      else take(() => receiver.receive(receive), error);
    }
  }
});

for (
  const [name, vectors, protocol] of [
    ["guest", guest, guestProtocol],
    ["supervisor", supervisor, supervisorProtocol],
  ] as const
) {
  Deno.test(`vectors: messages of the ${name} protocol are judged as written`, () => {
    assertEquals(vectors.version, protocol.version);
    for (const kind of ["open", "request", "event"] as const) {
      const { good, bad } = vectors[kind];
      for (const message of good) {
        assertEquals(decodeJson<unknown>(encodeJson(message), protocol[kind]), message);
      }
      for (const { json, error } of bad) {
        const bytes = new TextEncoder().encode(json);
        assertThrows(() => decodeJson<unknown>(bytes, protocol[kind]), ProtocolError, error);
      }
      assertTrue(good.length > 0 && bad.length > 0);
    }
  });
}
