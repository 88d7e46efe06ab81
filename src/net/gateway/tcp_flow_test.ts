import { assertEquals, assertTrue } from "../../../tests/harness/assert.ts";
import { framed, tcpFrame } from "../../../tests/harness/frame_guest.ts";
import {
  ACK,
  allow,
  deny,
  encoder,
  FIN,
  open,
  RST,
  scene,
  SERVER,
  SYN,
  text,
  type World,
} from "../../../tests/harness/gateway_scene.ts";
import { settled } from "../../../tests/harness/stand_in_clock.ts";
import { GATEWAY_IPV4 } from "../model/addresses.ts";
import type { FlowRecord } from "../model/gateway_parts.ts";
import { u32 } from "../packet/bytes.ts";
import { MAX_BUFFERED, MAX_HALF_OPEN, waitingLimit } from "./limits.ts";

for (const address of [SERVER, "2001:db8::1"]) {
  Deno.test(`a connection to ${address} carries bytes and both ends`, () =>
    scene(async (world) => {
      const { guest, host, ended, gateway } = world;
      const next = await open(world, address);
      assertEquals(host.dialled, [`${address} 80`]);
      await guest.tcp(address, 80, { sequence: 1, acknowledgment: next, data: encoder.encode("hello") });
      assertEquals([guest.only().tcp?.acknowledgment, text(new Uint8Array(host.server.got))], [6, "hello"]);
      host.server.say(encoder.encode("world!"));
      host.server.say(null);
      await settled();
      const came = guest.came();
      assertEquals(
        text(
          ...came.map(({ payload }) => payload.subarray(20)),
        ),
        "world!",
      );
      assertEquals((came.at(-1)?.tcp?.flags ?? 0) & FIN, FIN);
      await guest.tcp(address, 80, { sequence: 6, acknowledgment: next + 7, flags: ACK | FIN });
      assertEquals([guest.only().tcp?.acknowledgment, host.server.ended, host.server.wasClosed], [
        7,
        true,
        true,
      ]);
      const [{ sent, received, end, verdict } = ended[0] as FlowRecord] = ended;
      assertEquals([sent, received, end, verdict.allowed], [5, 6, "closed", true]);
      assertEquals([gateway.totals.sent, gateway.totals.received, gateway.totals.allowed], [5, 6, 1]);
    }));
}

Deno.test("what the host's system says about a connection is said to the guest", () =>
  scene(async ({ guest, host, ended }) => {
    const kinds = ["refused", "network", "host", "prohibited", "failed", "timed out"] as const;
    const seen = [];
    for (const [index, kind] of kinds.entries()) {
      host.fails = kind;
      await guest.tcp(SERVER, 80 + index, { flags: SYN, sequence: 9 });
      const { payload, tcp, packet, from } = guest.only();
      assertEquals(from, SERVER);
      seen.push(
        tcp ? `reset ${tcp.flags === (RST | ACK)} ${tcp.acknowledgment}` : `icmp ${payload[0]}/${payload[1]}`,
      );
      // The SYN stands behind the error, with its number.
      if (packet.protocol === 1) assertEquals([payload[8], u32(payload, 8 + 20 + 4)], [0x45, 9]);
    }
    assertEquals(seen, [
      "reset true 10",
      "icmp 3/0",
      "icmp 3/1",
      "icmp 3/13",
      "reset true 10",
      "reset true 10",
    ]);
    assertEquals(ended.map(({ end }) => end), [
      "connection refused",
      "network unreachable",
      "host unreachable",
      "prohibited by the host's system",
      "could not connect",
      "timed out",
    ]);
  }));

Deno.test("a denied connection is reset at once and told, and never dialled", () =>
  scene(async (world) => {
    world.judge = () => deny;
    await world.guest.tcp(SERVER, 443, { flags: SYN, sequence: 4 });
    const { tcp } = world.guest.only();
    assertEquals([tcp?.flags, tcp?.acknowledgment, world.host.dialled], [RST | ACK, 5, []]);
    assertEquals(world.ended.map(({ verdict, end }) => [verdict, end]), [[deny, "denied"]]);
  }));

Deno.test("the judge says what to dial in place of what the guest wrote", () =>
  scene(async (world) => {
    world.judge = (target) => ({ ...allow(target), dial: ["127.0.0.1", "::1"] });
    await open(world, GATEWAY_IPV4, 8_080);
    assertEquals(world.host.dialled, ["127.0.0.1,::1 8080"]);
  }));

Deno.test("first bytes are held until they are judged, and the server may speak first", () =>
  scene(async (world) => {
    const { guest, host } = world;
    world.judge = (target) => ({ ...allow(target), inspect: true });
    world.firstBytes = (bytes) =>
      bytes.length < 4 ? "more" : allow({ protocol: "tcp", address: SERVER, port: 80 });
    const next = await open(world);
    host.server.say(encoder.encode("220 hello"));
    await settled();
    assertEquals(guest.only().payload.length, 20 + 9);
    await guest.tcp(SERVER, 80, { sequence: 1, acknowledgment: next + 9, data: encoder.encode("EH") });
    assertEquals([guest.came().length, host.server.got.length], [1, 0]);
    await guest.tcp(SERVER, 80, { sequence: 3, acknowledgment: next + 9, data: encoder.encode("LO") });
    assertEquals(text(new Uint8Array(host.server.got)), "EHLO");
  }));

Deno.test("refused first bytes are answered in the client's words, and nothing of them reaches the server", () =>
  scene(async (world) => {
    const { guest, host, ended } = world;
    world.judge = (target) => ({ ...allow(target), inspect: true });
    world.firstBytes = () => deny;
    const next = await open(world);
    await guest.tcp(SERVER, 80, {
      sequence: 1,
      acknowledgment: next,
      data: encoder.encode("GET / HTTP/1.1\r\n\r\n"),
    });
    const [came] = guest.came();
    const answer = text(came?.payload.subarray(20) ?? new Uint8Array(0));
    assertTrue(answer.startsWith("HTTP/1.1 403 ") && answer.includes("--allow-host evil.example"));
    assertEquals([(came?.tcp?.flags ?? 0) & FIN, host.server.got.length, host.server.wasReset], [
      FIN,
      0,
      true,
    ]);
    const acknowledgment = (next + answer.length + 1) >>> 0;
    await guest.tcp(SERVER, 80, { sequence: 19, acknowledgment, flags: ACK | FIN });
    assertEquals(ended.map(({ verdict, end }) => [verdict, end]), [[deny, "denied"]]);
  }));

Deno.test("first bytes that tell nothing for 3 s are denied; others get a reset", () =>
  scene(async (world) => {
    const { guest, clock } = world;
    world.judge = (target) => ({ ...allow(target), inspect: true });
    const next = await open(world);
    await guest.tcp(SERVER, 80, { sequence: 1, acknowledgment: next, data: encoder.encode("x") });
    guest.came();
    for (let step = 0; step < 29; step++) await clock.advance(100);
    assertEquals(guest.came().length, 0);
    for (let step = 0; step < 2; step++) await clock.advance(100);
    assertEquals(guest.only().tcp?.flags, RST | ACK);
  }));

Deno.test("a server that resets is told behind its last bytes, and a guest's reset cuts the server off", () =>
  scene(async (world) => {
    const { guest, host, ended } = world;
    await open(world);
    host.server.say(encoder.encode("last"));
    await settled();
    host.server.fail();
    await settled();
    assertEquals(guest.came().map(({ tcp }) => (tcp?.flags ?? 0) & RST), [0, RST]);
    await open(world, SERVER, 81);
    await guest.tcp(SERVER, 81, { sequence: 1, flags: RST });
    assertEquals([host.server.wasReset, ended.map(({ end }) => end)], [true, [
      "reset by the server",
      "reset by the guest",
    ]]);
  }));

Deno.test("a server that takes nothing shuts the guest's window, and one that takes again opens it", () =>
  scene(async (world) => {
    const { guest, host } = world;
    const next = await open(world);
    host.server.taking = false;
    let [sequence, window] = [1, 65_535];
    for (let round = 0; round < 40 && window > 0; round++) {
      const data = new Uint8Array(Math.min(window, 30_000));
      await guest.tcp(SERVER, 80, { sequence, acknowledgment: next, data });
      sequence += data.length;
      window = guest.came().at(-1)?.tcp?.window ?? 0;
    }
    assertEquals(window, 0);
    host.server.take();
    await settled();
    assertTrue((guest.came().at(-1)?.tcp?.window ?? 0) > 16_384);
    assertEquals(host.server.got.length, sequence - 1);
  }));

Deno.test("bytes that the guest sent before its end reach a slow server after it", () =>
  scene(async (world) => {
    const { guest, host, gateway } = world;
    const next = await open(world);
    host.server.taking = false;
    host.server.say(null);
    await settled();
    guest.came();
    const last = { sequence: 1, acknowledgment: next + 1, flags: ACK | FIN, data: new Uint8Array(3_000) };
    await guest.tcp(SERVER, 80, last);
    assertEquals([host.server.wasClosed, gateway.flows.tcp], [false, 1]);
    host.server.take();
    await settled();
    assertEquals([host.server.got.length, host.server.ended, host.server.wasClosed], [3_000, true, true]);
  }));

Deno.test("segments of no connection are reset, resets are not answered", () =>
  scene(async ({ guest }) => {
    await guest.tcp(SERVER, 80, { sequence: 5, acknowledgment: 77 });
    assertEquals([guest.only().tcp?.flags, guest.frames.length], [RST, 0]);
    await guest.tcp(SERVER, 80, { sequence: 5, flags: RST | ACK });
    assertEquals(guest.came(), []);
  }));

Deno.test("black holes do not stop others: beyond the half-open limit the oldest is given up, or the SYN reset", () =>
  scene(async (world) => {
    const { guest, host, clock, gateway } = world;
    host.hangs = true;
    for (let index = 0; index < MAX_HALF_OPEN; index++) {
      await guest.frame(tcpFrame(SERVER, 1_000 + index, { flags: SYN }));
    }
    assertEquals([guest.came().length, gateway.flows.tcp], [0, MAX_HALF_OPEN]);
    await guest.tcp(SERVER, 80, { flags: SYN });
    assertEquals(guest.only().tcp?.flags, RST | ACK);
    await clock.advance(6_000);
    host.hangs = false;
    await open(world, SERVER, 81).catch(() => {});
    assertEquals(gateway.flows.tcp, MAX_HALF_OPEN);
  }));

Deno.test("what stands between a flow and its server refuses it: one line in the log, and one in the totals", () =>
  scene(async (world) => {
    const { guest, host, ended, gateway, unmade } = world;
    const next = await open(world);
    await guest.tcp(SERVER, 80, { sequence: 1, acknowledgment: next, data: encoder.encode("secret") });
    host.server.flow?.refused({ allowed: false, reason: "a secret", name: "evil.example" });
    assertEquals(ended.map(({ verdict, end, sent }) => [verdict.name, end, sent]), [[
      "evil.example",
      "denied",
      6,
    ]]);
    guest.came();
    await guest.tcp(SERVER, 80, { sequence: 7, acknowledgment: next, flags: RST });
    assertEquals([ended.length, gateway.totals.denied, gateway.totals.sent, unmade], [1, 1, 6, [SERVER]]);
  }));

Deno.test("a connect that hangs is given up after as long as Linux tries, with a reset", () =>
  scene(async ({ guest, host, clock, gateway }) => {
    host.hangs = true;
    await guest.tcp(SERVER, 80, { flags: SYN });
    for (let step = 0; step < 129; step++) await clock.advance(1_000);
    assertEquals([guest.came().length, gateway.flows.tcp], [0, 1]);
    for (let step = 0; step < 3; step++) await clock.advance(1_000);
    assertEquals([guest.only().tcp?.flags, gateway.flows.tcp], [RST | ACK, 0]);
  }));

/** The segment that ends a connection to the server for good, which has ended it on its side. */
async function lastSegment(world: World): Promise<Parameters<World["guest"]["tcp"]>[2]> {
  const next = await open(world);
  world.host.server.say(null);
  await settled();
  world.guest.came();
  return { sequence: 1, acknowledgment: next + 1, flags: ACK | FIN };
}

Deno.test("a port that is used again at once begins a new connection", () =>
  scene(async (world) => {
    const { guest, host, gateway } = world;
    await guest.tcp(SERVER, 80, await lastSegment(world));
    assertEquals([guest.only().tcp?.acknowledgment, gateway.flows.tcp], [2, 0]);
    await guest.tcp(SERVER, 80, { sequence: 1_000, flags: SYN, mss: 1_460 });
    assertEquals([guest.only().tcp?.acknowledgment, host.servers.length], [1_001, 2]);
  }));

Deno.test("a flow in TIME-WAIT makes room for one new flow, though a stray segment for it came in the same turn", () =>
  scene(async (world) => {
    const { guest, host, gateway } = world;
    const last = await lastSegment(world);
    await guest.tcp(SERVER, 80, last);
    await guest.raw(framed([tcpFrame(SERVER, 80, last), tcpFrame(SERVER, 81, { flags: SYN })]));
    guest.came();
    await guest.tcp(SERVER, 82, { flags: SYN });
    assertEquals([guest.only().tcp?.flags, host.dialled.length, gateway.flows.tcp], [RST | ACK, 2, 1]);
  }, { maxFlows: 1 }));

Deno.test("when the memory for flows is used up, those that wait for it go on when others give theirs back", () =>
  scene(async ({ guest, host, gateway }) => {
    const [flows, bytes] = [1_500, 60_000];
    const frames = (numbers: Parameters<typeof tcpFrame>[2], ports: Iterable<number>) =>
      framed(Array.from(ports, (sourcePort) => tcpFrame(SERVER, 80, { ...numbers, sourcePort })));
    /** The gateway's next number for each port of the guest. */
    const next = new Map<number, number>();
    const hear = () => {
      for (const { tcp } of guest.came()) {
        if (!tcp) continue;
        const length = tcp.dataEnd - tcp.dataAt + ((tcp.flags & SYN) === 0 ? 0 : 1);
        next.set(tcp.destinationPort, (tcp.sequence + length) >>> 0);
      }
    };
    const until = async (met: () => boolean) => {
      for (let turn = 0; turn < 1_000 && !met(); turn++) {
        await settled();
        hear();
      }
      assertTrue(met(), JSON.stringify([host.servers.length, gateway.flows, gateway.buffered, next.size]));
    };
    for (let made = 300; made <= flows; made += 300) {
      const ports = Array.from({ length: 300 }, (_, index) => 2_000 + made + index);
      await guest.raw(frames({ flags: SYN, mss: 1_460, window: 0 }, ports));
      await until(() => next.size === made);
      const acknowledged = ports.map((sourcePort) =>
        tcpFrame(SERVER, 80, {
          sequence: 1,
          acknowledgment: next.get(sourcePort) ?? 0,
          window: 0,
          sourcePort,
        })
      );
      await guest.raw(framed(acknowledged));
    }
    assertEquals(gateway.flows.tcp, flows);
    // The guest takes nothing, and all its servers send.
    for (const server of host.servers) server.say(new Uint8Array(bytes));
    await until(() => MAX_BUFFERED - gateway.buffered < 4_096);
    // Each has read its first chunk; those that have less than they may are the ones that wait.
    const may = waitingLimit(flows);
    const waiting = host.servers.map((server, flow) => ({ server, flow, unread: server.unread })).filter((
      { unread },
    ) => bytes - unread < may);
    assertTrue(waiting.length > 0 && waiting.length < flows, `${waiting.length} flows wait`);
    // As many end as have memory to give back; of those that wait nothing comes that could wake them.
    const waits = new Set(waiting.map(({ flow }) => flow));
    const others = host.servers.keys().filter((flow) => !waits.has(flow)).map((flow) => 2_300 + flow);
    await guest.raw(frames({ flags: RST, sequence: 1 }, others));
    await until(() => waiting.every(({ server, unread }) => server.unread < unread));
    assertEquals(gateway.flows.tcp, waiting.length);
  }, { maxFlows: 2_000 }));
