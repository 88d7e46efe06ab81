import { assertEquals } from "../../../tests/harness/assert.ts";
import { packetFrame } from "../../../tests/harness/frame_guest.ts";
import { deny, scene, SERVER, type World } from "../../../tests/harness/gateway_scene.ts";
import { settled } from "../../../tests/harness/stand_in_clock.ts";
import { GATEWAY_IPV4 } from "../model/addresses.ts";
import { putU16 } from "../packet/bytes.ts";
import { addressBytes } from "../packet/ip_address.ts";
import { MAX_ECHO_FLOWS, MAX_ECHOES } from "./limits.ts";

const SERVER6 = "2001:db8::1";

/** An echo request. */
function request(to: string, identifier: number, sequence: number, data = "6869"): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array([
    to.includes(":") ? 128 : 8,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    ...Uint8Array.fromHex(data),
  ]);
  putU16(bytes, 4, identifier);
  putU16(bytes, 6, sequence);
  return bytes;
}

const ping = ({ guest }: World, to: string, identifier: number, sequence = 1) =>
  guest.packet(to, to.includes(":") ? 58 : 1, request(to, identifier, sequence));

Deno.test("echoes of two programs to one server go by one socket, and answers go to who asked", () =>
  scene(async (world) => {
    const { guest, host, gateway } = world;
    await ping(world, SERVER, 7, 1);
    await ping(world, SERVER, 8, 1);
    const [socket] = host.echoes;
    assertEquals([host.echoes.length, socket?.version], [1, 4]);
    assertEquals(socket?.sent.map(({ to, sequence, data }) => [to.join("."), sequence, data.toHex()]), [
      [SERVER, 0, "6869"],
      [SERVER, 1, "6869"],
    ]);
    for (const sent of socket?.sent.toReversed() ?? []) socket?.answer(sent);
    await settled();
    const came = guest.came().map(({ from, payload }) => [from, payload.toHex()]);
    assertEquals(came.map(([from, payload]) => [from, payload?.slice(0, 4), payload?.slice(8)]), [
      [SERVER, "0000", "00080001" + "6869"],
      [SERVER, "0000", "00070001" + "6869"],
    ]);
    // Each request is answered once.
    socket?.answer();
    await settled();
    assertEquals([guest.frames.length, gateway.flows.icmp], [0, 2]);
  }));

Deno.test("answers of others, and to nothing that was asked, are dropped", () =>
  scene(async (world) => {
    const { guest, host } = world;
    await ping(world, SERVER, 7);
    const [socket] = host.echoes;
    const data = new Uint8Array(2);
    socket?.heard({ from: addressBytes("192.0.2.9"), sequence: 0, data });
    socket?.heard({ from: addressBytes(SERVER), sequence: 1, data });
    await settled();
    assertEquals(guest.frames.length, 0);
    socket?.answer();
    await settled();
    assertEquals(guest.only().payload[0], 0);
  }));

Deno.test("IPv6 has a socket of its own, and the largest ping comes back in pieces", () =>
  scene(async (world) => {
    const { guest, host } = world;
    await ping(world, SERVER6, 7);
    await ping(world, SERVER, 7);
    assertEquals(host.echoes.map(({ version }) => version), [6, 4]);
    host.echoes[0]?.answer();
    await settled();
    assertEquals(guest.only().payload.subarray(4).toHex(), "00070001" + "6869");

    const whole = request(SERVER, 9, 3, "ab".repeat(65_507));
    for (const [from, to] of [[0, 65_000], [65_000, whole.length]] as const) {
      const frame = packetFrame(SERVER, 1, whole.subarray(from, to));
      frame[14 + 6] = (to < whole.length ? 0x20 : 0) | (from >> 11);
      frame[14 + 7] = from >> 3;
      await guest.frame(frame);
    }
    const socket = host.echoes[1];
    assertEquals(socket?.sent.at(-1)?.data.length, 65_507);
    socket?.answer();
    await settled();
    const pieces = guest.came();
    assertEquals(pieces.map(({ packet }) => packet.fragment?.more), [true, false]);
    assertEquals(pieces.reduce((sum, { payload }) => sum + payload.length, 0), 8 + 65_507);
    // Those to the gateway itself are of the same size.
    await guest.frame(packetFrame(GATEWAY_IPV4, 1, request(GATEWAY_IPV4, 9, 3, "ab".repeat(65_490))));
    assertEquals(guest.only().payload.length, 8 + 65_490);
  }));

Deno.test("a flow of echoes is idle after 30 s and told once; with the last one the socket is closed", () =>
  scene(async (world) => {
    const { host, clock, ended, gateway } = world;
    for (let second = 0; second < 40; second++) {
      await ping(world, SERVER, 7, second);
      if (second % 2 === 0) host.echoes[0]?.answer();
      await clock.advance(1_000);
    }
    assertEquals([gateway.flows.icmp, ended.length, host.echoes[0]?.closed], [1, 0, false]);
    for (let second = 0; second < 31; second++) await clock.advance(1_000);
    assertEquals([gateway.flows.icmp, host.echoes[0]?.closed, clock.waiting], [0, true, 0]);
    assertEquals(ended.map(({ target, sent, received, end }) => [target, sent, received, end]), [
      [{ protocol: "icmp", address: SERVER, port: 0 }, 80, 40, "idle"],
    ]);
    await ping(world, SERVER, 7);
    assertEquals(host.echoes.length, 2);
  }));

Deno.test("denied pings are answered as prohibited and told once; a changed policy ends those that are open", () =>
  scene(async (world) => {
    const { guest, host, ended, gateway } = world;
    await ping(world, SERVER, 7);
    world.judge = () => deny;
    gateway.judgeAgain();
    assertEquals([ended.map(({ verdict, end }) => [verdict.allowed, end]), host.echoes[0]?.closed], [
      [[false, "denied: the policy was changed"]],
      true,
    ]);
    for (let times = 0; times < 3; times++) await ping(world, SERVER6, 7, times);
    assertEquals(guest.came().map(({ payload }) => `${payload[0]}/${payload[1]}`), Array(3).fill("1/1"));
    assertEquals([host.echoes.length, ended.length, gateway.totals.denied], [1, 2, 1]);
  }));

Deno.test("what the system refuses to send is told by ICMP, and what it has no room for is lost", () =>
  scene(async (world) => {
    const { guest, host, gateway } = world;
    await ping(world, SERVER, 7);
    const [socket] = host.echoes;
    if (!socket) throw new Error("no socket");
    const seen = [];
    for (const code of ["ENETUNREACH", "EHOSTUNREACH", "EACCES", "EAGAIN"]) {
      socket.refuses = code;
      await ping(world, SERVER, 7);
      seen.push(...guest.came().map(({ payload }) => `${payload[0]}/${payload[1]}`));
    }
    assertEquals([seen, gateway.totals.dropped], [["3/0", "3/1", "3/13"], 1]);
  }));

Deno.test("beyond the most flows the one that was silent for longest ends, beyond the most echoes the oldest request", () =>
  scene(async (world) => {
    const { guest, host, gateway, clock } = world;
    for (let program = 0; program < MAX_ECHO_FLOWS; program++) await ping(world, SERVER, program);
    await ping(world, SERVER, 60_000);
    assertEquals([gateway.flows.icmp, gateway.totals.dropped], [MAX_ECHO_FLOWS, 1]);
    await clock.advance(300);
    await ping(world, SERVER, 60_000);
    assertEquals([gateway.flows.icmp, host.echoes.length, world.ended.map(({ end }) => end)], [
      MAX_ECHO_FLOWS,
      1,
      ["too many flows"],
    ]);
    const [socket] = host.echoes;
    for (let sequence = 0; sequence < MAX_ECHOES; sequence++) await ping(world, SERVER, 60_000, sequence);
    const before = socket?.sent.at(-MAX_ECHOES - 1);
    socket?.answer(before);
    socket?.answer(socket.sent.at(-MAX_ECHOES));
    await settled();
    assertEquals(guest.only().payload.subarray(4, 8).toHex(), "ea600000");
  }));
