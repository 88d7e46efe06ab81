import fc from "fast-check";
import config from "../../deno.json" with { type: "json" };
import { assertEquals, assertMatch, assertRejects, assertTrue } from "../../tests/harness/assert.ts";
import { transportPair } from "../../tests/harness/pipe.ts";
import { LATE, withinDeadline } from "../async/deadline.ts";
import { delay } from "../async/delay.ts";
import { SmolvmError } from "../error.ts";
import { serveLink } from "./server_link.ts";
import { guestProtocol as protocol, type OpenRequest, PROTOCOL_VERSION } from "../guest_protocol/messages.ts";
import { encodeFrame, FrameType, MAX_PAYLOAD_BYTES } from "./frames.ts";
import { encodeHelloAck, encodeLongHello, MAGIC } from "./greeting.ts";
import { ClientLink } from "./client_link.ts";
import { encodeJson } from "./json.ts";
import { Channel } from "./stream.ts";

import {
  echo,
  echoStream,
  hello,
  lyingAgent,
  options,
  readNonce,
  roundTrip,
  status,
} from "../../tests/harness/link_peers.ts";

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

Deno.test("an agent that was made to stand still is not blamed for it, and is once it may go on", async () => {
  const silent = transportPair();
  const lying = lyingAgent(silent.agent, []);
  let stopped = true;
  const standsStill = () => stopped;
  using link = await ClientLink.connect(silent.host, protocol, {
    ...options,
    turnMilliseconds: 20,
    standsStill,
  });
  link.open(status);
  assertEquals(await withinDeadline(link.closed, 400), LATE);
  stopped = false;
  assertMatch((await link.closed)?.reason ?? "", /^the VM has not answered for 0.12 s/);
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
