import fc from "fast-check";
import config from "../../deno.json" with { type: "json" };
import {
  assertEquals,
  assertMatch,
  assertRejects,
  assertThrows,
  assertTrue,
} from "../../tests/harness/assert.ts";
import { transportPair } from "../../tests/harness/pipe.ts";
import { LATE, withinDeadline } from "../async/deadline.ts";
import { delay } from "../async/delay.ts";
import { SmolvmError } from "../error.ts";
import { serveLink, type ServerHandlers, type ServerStream } from "./server_link.ts";
import {
  type GuestMessages,
  guestProtocol as protocol,
  type OpenRequest,
  PROTOCOL_VERSION,
} from "../guest_protocol/messages.ts";
import { encodeFrame, FrameType, MAX_PAYLOAD_BYTES } from "./frames.ts";
import { encodeHelloAck, encodeLongHello, MAGIC } from "./greeting.ts";
import { ClientLink } from "./client_link.ts";
import { encodeJson } from "./json.ts";
import { Channel } from "./stream.ts";
import type { Transport } from "./transport.ts";

const hello = { clock: 0, hostname: "vm" };
const options = { hello, deadlineMilliseconds: 5_000 };
const status: OpenRequest = { kind: "status" };

/** An agent that sends back what it is sent, then closes. */
const echo: ServerHandlers<GuestMessages> = {
  hello: () => ({ boot: [] }),
  open: (stream) => void echoStream(stream),
};

async function echoStream(stream: ServerStream<GuestMessages>): Promise<void> {
  for (let bytes = await stream.read(Channel.stdin); bytes; bytes = await stream.read(Channel.stdin)) {
    await stream.write(Channel.stdout, bytes);
  }
  stream.end(Channel.stdout);
  stream.send({ kind: "exited", code: 0, signal: null, outOfMemory: false, timedOut: false });
  stream.close();
}

async function roundTrip(link: ClientLink<GuestMessages>, bytes: Uint8Array): Promise<Uint8Array> {
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
async function readNonce(transport: Transport): Promise<string> {
  const buffer = new Uint8Array(65_536);
  for (let text = "";;) {
    text += new TextDecoder().decode(buffer.subarray(0, (await transport.read(buffer)) ?? 0));
    const nonce = /"nonce":"([0-9a-f]{32})"/.exec(text)?.[1];
    if (nonce) return nonce;
  }
}

/** Answers the first hello with the frames given, as a hostile agent would, and reads on. */
async function lyingAgent(transport: Transport, frames: readonly Uint8Array[]): Promise<void> {
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

Deno.test("a link keeps the bytes of many streams apart over a peer that splits and is slow", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.uint8Array({ maxLength: 3_000 }), { minLength: 1, maxLength: 8 }),
      fc.integer({ min: 1, max: 4_000 }),
      async (payloads, split) => {
        const { host, agent } = transportPair({ splitAt: () => split, capacity: 5_000 });
        const served = serveLink(agent, protocol, echo);
        using link = await ClientLink.connect(host, protocol, options);
        const back = await Promise.all(payloads.map((payload) => roundTrip(link, payload)));
        assertEquals(back.map((bytes) => [...bytes]), payloads.map((bytes) => [...bytes]));
        link.close();
        await served;
      },
    ),
    { numRuns: 30 },
  );
});

Deno.test("a link carries more than its credit", async () => {
  const { host, agent } = transportPair();
  const served = serveLink(agent, protocol, echo);
  using link = await ClientLink.connect(host, protocol, options);
  const bytes = crypto.getRandomValues(new Uint8Array(60_000));
  const large = new Uint8Array(1_500_000).map((_, index) => bytes[index % bytes.length] ?? 0);
  assertTrue((await roundTrip(link, large)).every((byte, index) => byte === large[index]));
  link.close();
  await served;
});

Deno.test("an open may be longer than a frame, and its words any bytes", async () => {
  const { host, agent } = transportPair({ capacity: 50_000 });
  const opened: OpenRequest[] = [];
  const served = serveLink(agent, protocol, {
    hello: echo.hello,
    open: (stream, request) => {
      opened.push(request);
      stream.close();
    },
  });
  using link = await ClientLink.connect(host, protocol, options);
  const program = { env: [], cwd: "", user: "", stdin: false, timeoutMilliseconds: 0 };
  const argv = ["echo", "a\udcff", ...Array.from({ length: 15 }, () => "\udc80".repeat(131_071))];
  const streams = [link.open({ kind: "exec", ...program, argv }), link.open(status)];
  for (const stream of streams) assertEquals((await stream.ended).reason, undefined);
  assertEquals(opened, [{ kind: "exec", ...program, argv }, status]);
  const most = ["echo", "\x01".repeat(17 << 20)];
  assertThrows(() => link.open({ kind: "exec", ...program, argv: most }), SmolvmError, "can be passed");
  link.close();
  await served;
});

Deno.test("a server of before hears nothing that it would not understand", async () => {
  const { host, agent } = transportPair();
  const lied = lyingAgent(agent, []);
  using link = await ClientLink.connect(host, protocol, options);
  const open = (word: string) => () =>
    link.open({
      ...{ kind: "exec", argv: ["echo", word], env: [], cwd: "", user: "", stdin: false },
      timeoutMilliseconds: 0,
    });
  assertThrows(
    open("x".repeat(40_000)),
    SmolvmError,
    "and smolvm x, which runs the VM, cannot take more than",
  );
  assertThrows(open("a\udcff"), SmolvmError, "its words are not UTF-8, and smolvm x");
  for (const word of ["plain", "\u{1f480}", "\\udc80"]) open(word)().reset("enough");
  link.close();
  await lied;
});

Deno.test("pieces of an open that do not belong together end the link", async () => {
  const { host, agent } = transportPair();
  const served = serveLink(agent, protocol, echo);
  const nonce = "0".repeat(32);
  await host.write(encodeLongHello({ protocol: PROTOCOL_VERSION, nonce, version: "x", ...hello }));
  const payload = encodeJson(status);
  await host.write(encodeFrame({ stream: 1, type: FrameType.openPart, payload }));
  await host.write(encodeFrame({ stream: 2, type: FrameType.open, payload }));
  // The server looks for the next hello, and finds it.
  using link = await ClientLink.connect(host, protocol, options);
  assertEquals(await roundTrip(link, Uint8Array.of(7)), Uint8Array.of(7));
  link.close();
  await served;
});

Deno.test("credit holds: an agent nobody reads stops sending", async () => {
  const { host, agent } = transportPair();
  let written = 0;
  const served = serveLink(agent, protocol, {
    hello: echo.hello,
    open: async (stream) => {
      while (await stream.write(Channel.stdout, new Uint8Array(1_000))) written += 1_000;
    },
  });
  using link = await ClientLink.connect(host, protocol, options);
  link.open(status);
  // Until nothing more has been written for 100 ms.
  for (let before = -1; before < written;) {
    before = written;
    await delay(100);
  }
  assertTrue(written > 200_000 && written <= 256 * 1024, `${written} bytes written`);
  link.close();
  await served;
});

Deno.test("ClientLink.connect() ignores garbage, a wrong nonce and a half answer before the right one", async () => {
  const { host, agent } = transportPair({ splitAt: () => 7 });
  await agent.write(crypto.getRandomValues(new Uint8Array(5_000)));
  await agent.write(MAGIC);
  await agent.write(encodeHelloAck({ protocol: 1, nonce: "0".repeat(32), version: "old", boot: [] }));
  await agent.write(
    encodeHelloAck({ protocol: 1, nonce: "1".repeat(32), version: "cut", boot: [] }).subarray(0, 30),
  );
  const served = serveLink(agent, protocol, echo);
  using link = await ClientLink.connect(host, protocol, options);
  assertEquals(link.ack.version, config.version);
  link.close();
  await served;
});

Deno.test("ClientLink.connect() gives up at its deadline and closes the transport", async () => {
  const { host, agent } = transportPair();
  const error = await assertRejects(
    () => ClientLink.connect(host, protocol, { hello, deadlineMilliseconds: 30 }),
    SmolvmError,
    "did not answer within 0.03 s",
  );
  assertEquals(error.kind, "guest");
  await assertRejects(() => agent.write(Uint8Array.of(1)), Deno.errors.BrokenPipe);
});

Deno.test("a link ends when its agent falls silent while a session is open, and only then", async () => {
  const silent = transportPair();
  const lying = lyingAgent(silent.agent, []);
  using link = await ClientLink.connect(silent.host, protocol, { ...options, turnMilliseconds: 20 });
  // Without a session nobody is asked: more turns than are forgiven pass.
  await new Promise((resolve) => setTimeout(resolve, 300));
  const stream = link.open(status);
  const reason = /^the VM has not answered for 0.12 s: it hangs/;
  assertMatch((await link.closed)?.reason ?? "", reason);
  assertMatch((await stream.ended).reason ?? "", reason);
  await lying;
});

Deno.test("a silent agent is found out even when who waited for it has gone", async () => {
  const silent = transportPair();
  const lying = lyingAgent(silent.agent, []);
  using link = await ClientLink.connect(silent.host, protocol, { ...options, turnMilliseconds: 20 });
  link.open(status).reset("no patience");
  assertMatch((await link.closed)?.reason ?? "", /^the VM has not answered/);
  await lying;
});

Deno.test("a link lives on while its agent answers pings, however quiet the session", async () => {
  const { host, agent } = transportPair();
  const served = serveLink(agent, protocol, { hello: echo.hello, open: () => {} });
  using link = await ClientLink.connect(host, protocol, { ...options, turnMilliseconds: 20 });
  link.open(status);
  assertEquals(await withinDeadline(link.closed, 600), LATE);
  link.close();
  await served;
});

Deno.test("ClientLink.connect() refuses another version and says what to do", async () => {
  const { host, agent } = transportPair();
  const lying = (async () => {
    const nonce = await readNonce(agent);
    await agent.write(encodeHelloAck({ protocol: 99, nonce, version: "9.9", boot: [] }));
  })();
  const error = await assertRejects(
    () => ClientLink.connect(host, protocol, options),
    SmolvmError,
    "speaks protocol 99",
  );
  assertMatch(error.remedy ?? "", /start it with this smolvm/);
  await lying;
});

Deno.test("an agent heals after a host that vanished in mid-frame, and tells its sessions", async () => {
  const { host, agent } = transportPair();
  const reasons: (string | undefined)[] = [];
  const served = serveLink(agent, protocol, {
    hello: echo.hello,
    open: (stream) => {
      void stream.ended.then((end) => reasons.push(end.reason));
      void echoStream(stream);
    },
  });
  await host.write(
    encodeLongHello({ ...hello, protocol: PROTOCOL_VERSION, nonce: "a".repeat(32), version: "old" }),
  );
  await host.write(encodeFrame({ stream: 1, type: FrameType.open, payload: encodeJson(status) }));
  // Half a frame: the header promises more than ever comes.
  await host.write(
    encodeFrame({ stream: 1, type: FrameType.data, payload: new Uint8Array(900) }).subarray(0, 100),
  );
  using second = await ClientLink.connect(host, protocol, options);
  assertEquals([...(await roundTrip(second, Uint8Array.of(1, 2, 3)))], [1, 2, 3]);
  assertEquals(reasons[0], "the client is gone");
  second.close();
  await served;
});

const attacks: Record<string, Uint8Array[]> = {
  "a frame for a stream never opened": [
    encodeFrame({ stream: 9, type: FrameType.data, payload: Uint8Array.of(1, 1) }),
  ],
  "a stream opened by the agent": [
    encodeFrame({ stream: 2, type: FrameType.open, payload: encodeJson(status) }),
  ],
  "a length above the limit": [Uint8Array.of(0, 0, 0, 1, FrameType.data, 0xff, 0xff, 0xff, 0xff)],
  "a type that does not exist": [Uint8Array.of(0, 0, 0, 1, 77, 0, 0, 0, 0)],
  "bytes beyond credit": Array.from(
    { length: 9 },
    () =>
      encodeFrame({
        stream: 1,
        type: FrameType.data,
        payload: new Uint8Array(MAX_PAYLOAD_BYTES).fill(1, 0, 1),
      }),
  ),
  "a flood of messages": Array.from(
    { length: 70 },
    () =>
      encodeFrame({ stream: 1, type: FrameType.message, payload: encodeJson({ kind: "started", pid: 1 }) }),
  ),
  "a message with a prototype trick": [
    encodeFrame({
      stream: 1,
      type: FrameType.message,
      payload: new TextEncoder().encode('{"kind":"started","pid":1,"__proto__":{}}'),
    }),
  ],
  "a message that does not fit": [
    encodeFrame({ stream: 1, type: FrameType.message, payload: encodeJson({ kind: "started", pid: -1 }) }),
  ],
  "a window larger than what was sent": [
    encodeFrame({ stream: 1, type: FrameType.window, payload: Uint8Array.of(0, 0xff, 0xff, 0xff, 0xff) }),
  ],
  "bytes on the host's own channel": [
    encodeFrame({ stream: 1, type: FrameType.data, payload: Uint8Array.of(0, 1) }),
  ],
};

for (const [attack, frames] of Object.entries(attacks)) {
  Deno.test(`a hostile agent is cut off: ${attack}`, async () => {
    const { host, agent } = transportPair();
    const lying = lyingAgent(agent, frames);
    using link = await ClientLink.connect(host, protocol, options);
    let stream;
    try {
      stream = link.open(status);
    } catch {
      // The attack was there before the first stream.
    }
    const error = await link.closed;
    assertMatch(error?.reason ?? "", /broke the protocol/);
    if (stream) assertTrue((await stream.ended).reason);
    await lying;
  });
}

Deno.test("an agent ends a bad session and keeps the link", async () => {
  const { host, agent } = transportPair();
  const served = serveLink(agent, protocol, echo);
  using link = await ClientLink.connect(host, protocol, options);
  const bad = link.open({ kind: "nonsense" } as unknown as OpenRequest);
  assertMatch((await bad.ended).reason ?? "", /does not fit/);
  assertEquals([...(await roundTrip(link, Uint8Array.of(5)))], [5]);
  link.close();
  await served;
});
