import { assertEquals, assertTrue } from "../../../tests/harness/assert.ts";
import { FrameGuest, packetFrame, read, tcpFrame } from "../../../tests/harness/frame_guest.ts";
import { StandInHost } from "../../../tests/harness/stand_in_host.ts";
import { settled, StandInClock } from "../../../tests/harness/stand_in_clock.ts";
import { GATEWAY_IPV4, GATEWAY_IPV6, GATEWAY_MAC, GUEST_IPV4 } from "../model/addresses.ts";
import type { Allowed, FlowRecord, FlowTarget, Verdict } from "../model/gateway_parts.ts";
import { putU32, u32 } from "../packet/bytes.ts";
import { addressBytes, macBytes } from "../packet/ip_address.ts";
import { Gateway } from "./gateway.ts";
import { MAX_HALF_OPEN, MAX_UDP_PORTS } from "./limits.ts";

const SERVER = "192.0.2.1";
const [FIN, SYN, RST, ACK] = [1, 2, 4, 16];
const encoder = new TextEncoder();

interface World {
  readonly guest: FrameGuest;
  readonly host: StandInHost;
  readonly gateway: Gateway;
  readonly clock: StandInClock;
  readonly ended: FlowRecord[];
  judge: (target: FlowTarget) => Verdict;
  firstBytes: (bytes: Uint8Array, final: boolean) => Verdict | "more";
}

const allow = (target: FlowTarget): Allowed => ({
  allowed: true,
  rule: "--net",
  dial: [target.address],
  inspect: false,
});
const deny: Verdict = { allowed: false, reason: "no rule allows it", remedy: "--allow-host evil.example" };

/** Plays a scene with a gateway, which leaves nothing when it is closed. */
async function scene(play: (world: World) => Promise<void>): Promise<void> {
  const [guest, host, clock, ended] = [
    new FrameGuest(),
    new StandInHost(),
    new StandInClock(),
    [] as FlowRecord[],
  ];
  const gateway: Gateway = new Gateway({
    conn: guest.conn,
    judge: {
      flow: (target) => world.judge(target),
      firstBytes: (_target, _verdict, bytes, final) => world.firstBytes(bytes, final),
    },
    names: { answer: (query) => Promise.resolve(query.length === 0 ? undefined : query.toReversed()) },
    log: { ended: (flow) => ended.push(flow) },
    dial: host.dial,
    openUdp: host.openUdp,
    clock,
    maxFlows: 1_000,
  });
  const world: World = { guest, host, gateway, clock, ended, judge: allow, firstBytes: () => "more" };
  const running = gateway.run();
  await play(world);
  gateway.close();
  await running;
  await settled();
  assertEquals([gateway.flows.tcp, gateway.flows.udp, clock.waiting], [0, 0, 0]);
  assertTrue(
    host.servers.every((server) => server.wasClosed || server.wasReset),
    "every connection is closed",
  );
  assertTrue(host.sockets.every(({ closed }) => closed), "every socket is closed");
}

/** A connection whose handshake is over: the guest's next number is 1. @returns the gateway's */
async function open({ guest }: World, to = SERVER, port = 80): Promise<number> {
  await guest.tcp(to, port, { flags: SYN, mss: 1_460 });
  const { tcp } = guest.only();
  assertEquals([tcp?.flags, tcp?.acknowledgment, tcp?.mss], [
    SYN | ACK,
    1,
    to.includes(":") ? 65_460 : 65_480,
  ]);
  const next = ((tcp?.sequence ?? 0) + 1) >>> 0;
  await guest.tcp(to, port, { sequence: 1, acknowledgment: next });
  // The window of a SYN is not scaled.
  guest.came();
  return next;
}

const text = (...bytes: Uint8Array[]) => bytes.map((some) => new TextDecoder().decode(some)).join("");

Deno.test("ARP and neighbour solicitations for the gateway are answered, and no others", () =>
  scene(async ({ guest }) => {
    const ask = (address: string) =>
      guest.frame(Uint8Array.fromHex(
        "ffffffffffff" + "5a94efe40c02" + "0806" + "0001080006040001" + "5a94efe40c02" +
          addressBytes(GUEST_IPV4).toHex() +
          "000000000000" + addressBytes(address).toHex(),
      ));
    await ask("10.0.2.3");
    assertEquals(guest.frames.length, 0);
    await ask(GATEWAY_IPV4);
    assertEquals(guest.frames.splice(0)[0]?.subarray(22, 28).toHex(), macBytes(GATEWAY_MAC).toHex());

    const solicitation = (address: string) =>
      new Uint8Array([135, 0, 0, 0, 0, 0, 0, 0, ...addressBytes(address), 1, 1, 2, 2, 2, 2, 2, 2]);
    await guest.packet("ff02::1:ff00:2", 58, solicitation("fd8e:5c1b:7a30::9"), "fe80::2");
    await guest.packet("ff02::1:ff00:2", 58, solicitation(GATEWAY_IPV6), "::");
    assertEquals(guest.frames.length, 0);
    await guest.packet("ff02::1:ff00:2", 58, solicitation(GATEWAY_IPV6), "fe80::2");
    const { payload, packet, frame } = guest.only();
    assertEquals([payload[0], frame[packet.headerAt + 7]], [136, 255]);
  }));

Deno.test("the gateway answers a ping to itself; one to others is refused and never answered", () =>
  scene(async ({ guest, ended }) => {
    const echo = (type: number) => new Uint8Array([type, 0, 0, 0, 0, 7, 0, 1, 97, 98, 99]);
    await guest.packet(GATEWAY_IPV4, 1, echo(8));
    assertEquals(guest.only().payload.subarray(4).toHex(), "00070001616263");
    await guest.packet(GATEWAY_IPV6, 58, echo(128));
    assertEquals(guest.only().payload[0], 129);
    await guest.packet(SERVER, 1, echo(8));
    const refused = guest.only();
    assertEquals([refused.from, refused.payload[0], refused.payload[1]], [SERVER, 3, 13]);
    await guest.packet("2001:db8::1", 58, echo(128));
    assertEquals([...guest.only().payload.subarray(0, 2)], [1, 1]);
    assertEquals(ended.map(({ target, end }) => `${target.address} ${end}`), [
      `${SERVER} pings cannot be sent`,
      "2001:db8::1 pings cannot be sent",
    ]);
  }));

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

Deno.test("a connect that hangs is given up after as long as Linux tries, with a reset", () =>
  scene(async ({ guest, host, clock, gateway }) => {
    host.hangs = true;
    await guest.tcp(SERVER, 80, { flags: SYN });
    for (let step = 0; step < 129; step++) await clock.advance(1_000);
    assertEquals([guest.came().length, gateway.flows.tcp], [0, 1]);
    for (let step = 0; step < 3; step++) await clock.advance(1_000);
    assertEquals([guest.only().tcp?.flags, gateway.flows.tcp], [RST | ACK, 0]);
  }));

Deno.test("a port that is used again at once begins a new connection", () =>
  scene(async (world) => {
    const { guest, host, gateway } = world;
    const next = await open(world);
    host.server.say(null);
    await settled();
    guest.came();
    await guest.tcp(SERVER, 80, { sequence: 1, acknowledgment: next + 1, flags: ACK | FIN });
    assertEquals([guest.only().tcp?.acknowledgment, gateway.flows.tcp], [2, 0]);
    await guest.tcp(SERVER, 80, { sequence: 1_000, flags: SYN, mss: 1_460 });
    assertEquals([guest.only().tcp?.acknowledgment, host.servers.length], [1_001, 2]);
  }));

Deno.test("questions to the gateway's port 53 are answered over UDP and TCP, and no flows", () =>
  scene(async (world) => {
    const { guest, host, ended } = world;
    for (const address of [GATEWAY_IPV4, GATEWAY_IPV6]) {
      await guest.udp(address, 53, encoder.encode("abc"));
      assertEquals(text(guest.only().payload.subarray(8)), "cba");
    }
    const next = await open(world, GATEWAY_IPV4, 53);
    await guest.tcp(GATEWAY_IPV4, 53, {
      sequence: 1,
      acknowledgment: next,
      data: new Uint8Array([0, 2, 120, 121]),
    });
    assertEquals(guest.came().at(-1)?.payload.subarray(-4).toHex(), "00027978");
    assertEquals([host.dialled, host.sockets.length, ended], [[], 0, []]);
  }));

Deno.test("a port of the guest has one socket, and hears only those that it has written to", () =>
  scene(async ({ guest, host }) => {
    await guest.udp(SERVER, 9, encoder.encode("one"));
    await guest.udp("192.0.2.2", 9, encoder.encode("two"));
    const [socket] = host.sockets;
    assertEquals([host.sockets.length, socket?.sent.map(({ to }) => to.address)], [1, [SERVER, "192.0.2.2"]]);
    socket?.heard(encoder.encode("answer"), { address: "192.0.2.2", port: 9 });
    socket?.heard(encoder.encode("stranger"), { address: "192.0.2.3", port: 9 });
    socket?.heard(encoder.encode("other port"), { address: SERVER, port: 10 });
    await settled();
    const { from, payload } = guest.only();
    assertEquals([from, text(payload.subarray(8))], ["192.0.2.2", "answer"]);
  }));

Deno.test("UDP flows end when they are idle: a question after 5 s, one way after 60 s, both ways after 300 s", () =>
  scene(async ({ guest, host, clock, ended, gateway }) => {
    await guest.udp(SERVER, 53, encoder.encode("q"), 1);
    await guest.udp(SERVER, 9, encoder.encode("one way"), 2);
    await guest.udp(SERVER, 9, encoder.encode("both"), 3);
    host.sockets[2]?.heard(encoder.encode("back"), { address: SERVER, port: 9 });
    const wait = async (seconds: number) => {
      for (let step = 0; step < seconds; step++) await clock.advance(1_000);
      return gateway.flows.udp;
    };
    assertEquals([await wait(4), await wait(2), await wait(53), await wait(2)], [3, 2, 2, 1]);
    assertEquals([await wait(230), await wait(12), clock.waiting], [1, 0, 0]);
    assertEquals(ended.map(({ sent, received, end }) => [sent, received, end]), [[1, 0, "idle"], [
      7,
      0,
      "idle",
    ], [4, 4, "idle"]]);
  }));

Deno.test("denied datagrams are answered as if nobody listened, and told once", () =>
  scene(async (world) => {
    world.judge = () => deny;
    for (const address of [SERVER, SERVER, "2001:db8::1"]) {
      await world.guest.udp(address, 443, new Uint8Array(9));
    }
    assertEquals(
      world.guest.came().map(({ payload }) => `${payload[0]}/${payload[1]}`),
      ["3/3", "3/3", "1/4"],
    );
    assertEquals([world.ended.length, world.host.sockets.length], [2, 0]);
  }));

Deno.test("what the host's system refuses to send is told by ICMP", () =>
  scene(async ({ guest, host }) => {
    await guest.udp(SERVER, 9, new Uint8Array(3));
    const [socket] = host.sockets;
    if (!socket) throw new Error("no socket");
    const seen = [];
    for (const code of ["ENETUNREACH", "EHOSTUNREACH", "EACCES", "EINVAL"]) {
      socket.refuses = code;
      await guest.udp(SERVER, 9, new Uint8Array(3));
      seen.push(...guest.came().map(({ payload }) => `${payload[0]}/${payload[1]}`));
    }
    assertEquals(seen, ["3/0", "3/1", "3/13"]);
  }));

Deno.test("beyond the most UDP sockets the one that was silent for longest is closed", () =>
  scene(async ({ guest, host, gateway, clock }) => {
    const most = Math.min(MAX_UDP_PORTS, 250);
    for (let port = 0; port < most; port++) await guest.udp(SERVER, 9, new Uint8Array(1), 2_000 + port);
    await clock.advance(10);
    await guest.udp(SERVER, 9, new Uint8Array(1), 2_000);
    await clock.advance(10);
    await guest.udp(SERVER, 9, new Uint8Array(1), 60_000);
    assertEquals([gateway.flows.udp, host.sockets[0]?.closed, host.sockets[1]?.closed], [most, false, true]);
  }));

Deno.test("datagrams of 65,507 bytes go both ways, in pieces where a packet is too short", () =>
  scene(async ({ guest, host }) => {
    const data = Uint8Array.from({ length: 65_507 }, (_, at) => at & 255);
    const udp = new Uint8Array(8 + data.length);
    udp.set([4, 210, 0, 9, (udp.length >> 8) & 255, udp.length & 255]);
    udp.set(data, 8);
    for (const [from, to] of [[0, 65_000], [65_000, udp.length]] as const) {
      const frame = packetFrame(SERVER, 17, udp.subarray(from, to));
      frame[14 + 6] = (to < udp.length ? 0x20 : 0) | (from >> 11);
      frame[14 + 7] = from >> 3;
      await guest.frame(frame);
    }
    const [socket] = host.sockets;
    assertEquals([socket?.sent.length, socket?.sent[0]?.data.length, socket?.sent[0]?.data[65_506]], [
      1,
      65_507,
      65_506 & 255,
    ]);
    socket?.heard(data, { address: SERVER, port: 9 });
    socket?.heard(data.subarray(0, 65_492), { address: SERVER, port: 9 });
    await settled();
    const [first, second, whole] = guest.came();
    assertEquals([first?.packet.fragment?.more, second?.packet.fragment?.more, whole?.packet.fragment], [
      true,
      false,
      undefined,
    ]);
    assertEquals((first?.payload.length ?? 0) + (second?.payload.length ?? 0), 8 + 65_507);
    assertEquals(whole?.payload.length, 8 + 65_492);
  }));

Deno.test("packets of other stations, to groups, to other MACs and of other protocols", () =>
  scene(async ({ guest, host, gateway }) => {
    await guest.packet(SERVER, 6, tcpFrame(SERVER, 80, { flags: SYN }).subarray(34), "10.0.3.1");
    await guest.packet(SERVER, 6, tcpFrame(SERVER, 80, { flags: SYN }).subarray(34), GATEWAY_IPV4);
    for (const group of ["224.0.0.251", "255.255.255.255", "10.0.2.255", "ff02::fb"]) {
      await guest.udp(group, 5_353, new Uint8Array(9));
    }
    const strayed = tcpFrame(SERVER, 80, { flags: SYN });
    strayed[5] = 9;
    await guest.frame(strayed);
    assertEquals([guest.came().length, host.dialled, gateway.totals.dropped], [0, [], 7]);
    await guest.packet(SERVER, 132, new Uint8Array(20));
    assertEquals([...guest.only().payload.subarray(0, 2)], [3, 13]);
  }));

Deno.test("judgeAgain() ends what a changed policy denies, and leaves the rest", () =>
  scene(async (world) => {
    const { guest, host, gateway } = world;
    await open(world, SERVER, 80);
    await open(world, SERVER, 81);
    await guest.udp(SERVER, 80, new Uint8Array(1));
    world.judge = (target) => target.port === 80 ? deny : allow(target);
    gateway.judgeAgain();
    await settled();
    assertEquals(guest.came().map(({ tcp }) => [tcp?.sourcePort, tcp?.flags]), [[80, RST | ACK]]);
    assertEquals([gateway.flows.tcp, gateway.flows.udp, host.servers.map(({ wasReset }) => wasReset)], [
      1,
      0,
      [true, false],
    ]);
    assertEquals(world.ended.map(({ verdict, end }) => [verdict, end]), [
      [deny, "denied: the policy was changed"],
      [deny, "denied: the policy was changed"],
    ]);
  }));

Deno.test("a VMM that breaks the framing, or is gone, ends the network of its VM and nothing else", async () => {
  for (const length of [0, 65_551]) {
    await scene(async (world) => {
      await open(world);
      const bytes = new Uint8Array(4);
      putU32(bytes, 0, length);
      await world.guest.raw(bytes);
      assertEquals([world.guest.closed, world.host.server.wasReset], [true, true]);
    });
  }
});

Deno.test("read() of the harness would see a wrong checksum", () => {
  const frame = tcpFrame(SERVER, 80, { flags: SYN });
  frame.set([...frame.subarray(6, 12), ...frame.subarray(0, 6)]);
  let said = "";
  try {
    read(frame);
  } catch (error) {
    said = String(error);
  }
  assertTrue(said.includes("checksum of protocol 6"));
});
