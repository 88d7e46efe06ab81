import { assertEquals } from "../../../tests/harness/assert.ts";
import { packetFrame } from "../../../tests/harness/frame_guest.ts";
import { deny, encoder, open, scene, SERVER, text } from "../../../tests/harness/gateway_scene.ts";
import { settled } from "../../../tests/harness/stand_in_clock.ts";
import { GATEWAY_IPV4, GATEWAY_IPV6 } from "../model/addresses.ts";
import { MAX_UDP_PORTS } from "./limits.ts";

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
    // All are in use, so that the new one has to wait; the known ones go on.
    await guest.udp(SERVER, 9, new Uint8Array(1), 60_000);
    await guest.udp(SERVER, 9, new Uint8Array(1), 2_000);
    assertEquals([host.sockets.length, gateway.totals.dropped, host.sockets[0]?.sent.length], [most, 1, 3]);
    await clock.advance(250);
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
