import { assertEquals, assertThrows } from "../../tests/harness/assert.ts";
import { echo, hello, lyingAgent, options, roundTrip, status } from "../../tests/harness/link_peers.ts";
import { transportPair } from "../../tests/harness/pipe.ts";
import { SmolvmError } from "../error.ts";
import { guestProtocol as protocol, type OpenRequest, PROTOCOL_VERSION } from "../guest_protocol/messages.ts";
import { ClientLink } from "./client_link.ts";
import { encodeFrame, FrameType, MAX_PAYLOAD_BYTES, ProtocolError } from "./frames.ts";
import { encodeLongHello } from "./greeting.ts";
import { encodeJson } from "./json.ts";
import { MAX_OPEN_BYTES, openFrames, OpenParts } from "./long_open.ts";
import { serveLink } from "./server_link.ts";

function joined(length: number): [Uint8Array, number[]] {
  const parts = new OpenParts();
  const frames = openFrames(7, new Uint8Array(length).map((_, index) => index % 251));
  for (const frame of frames.slice(0, -1)) parts.take(frame);
  const [last] = frames.slice(-1);
  return [last ? parts.whole(last) : new Uint8Array(0), frames.map(({ type }) => type)];
}

Deno.test("openFrames() is one frame for what fits into one, and OpenParts joins what does not", () => {
  const { open, openPart } = FrameType;
  const cases: [number, number[]][] = [
    [0, [open]],
    [MAX_PAYLOAD_BYTES, [open]],
    [MAX_PAYLOAD_BYTES + 1, [openPart, open]],
    [3 * MAX_PAYLOAD_BYTES, [openPart, openPart, open]],
  ];
  for (const [length, types] of cases) {
    const [json, found] = joined(length);
    assertEquals(found, types);
    assertEquals([json.length, json.every((byte, index) => byte === index % 251)], [length, true]);
  }
});

Deno.test("OpenParts refuses an open within another, and one that is too long", () => {
  const payload = new Uint8Array(MAX_PAYLOAD_BYTES);
  const parts = new OpenParts();
  parts.take({ stream: 1, type: FrameType.openPart, payload });
  assertThrows(
    () => parts.whole({ stream: 2, type: FrameType.open, payload }),
    ProtocolError,
    "stream 2 opened within the open of stream 1",
  );
  const pieces = Math.floor(MAX_OPEN_BYTES / MAX_PAYLOAD_BYTES);
  for (let piece = 1; piece < pieces; piece++) parts.take({ stream: 1, type: FrameType.openPart, payload });
  assertThrows(
    () => parts.take({ stream: 1, type: FrameType.openPart, payload }),
    ProtocolError,
    "more than 16777216 bytes",
  );
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
