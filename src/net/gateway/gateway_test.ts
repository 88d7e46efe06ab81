import { assertEquals, assertTrue } from "../../../tests/harness/assert.ts";
import { read, tcpFrame } from "../../../tests/harness/frame_guest.ts";
import { ACK, allow, deny, open, RST, scene, SERVER, SYN } from "../../../tests/harness/gateway_scene.ts";
import { settled } from "../../../tests/harness/stand_in_clock.ts";
import { GATEWAY_IPV4, GATEWAY_IPV6, GATEWAY_MAC, GUEST_IPV4 } from "../model/addresses.ts";
import { putU32 } from "../packet/bytes.ts";
import { addressBytes, macBytes } from "../packet/ip_address.ts";
import { MAX_NAME_STREAMS } from "./limits.ts";

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

Deno.test("the gateway answers a ping to itself; where the host sends none, one to others is refused and never answered", () =>
  scene(async ({ guest, host, ended, unmade }) => {
    host.forbidsEchoes = true;
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
      `${SERVER} this host lets its user send no pings`,
      "2001:db8::1 this host lets its user send no pings",
    ]);
    // Not told again, and whoever counts flows knows that there is none.
    await guest.packet(SERVER, 1, echo(8));
    assertEquals([guest.only().payload[0], ended.length, unmade], [3, 2, [SERVER]]);
  }));

Deno.test("what a guest does not acknowledge is sent again after 200 ms, also where nothing else happens", () =>
  scene(async (world) => {
    const { guest, host, clock } = world;
    await open(world);
    // The timer of the handshake is over, and the next one is that of the keep-alive.
    await clock.advance(1_000);
    assertTrue(clock.next > 3_600_000, `${clock.next}`);
    for (const act of ["a word", "the end"]) {
      host.server.say(act === "a word" ? new Uint8Array(5) : null);
      await settled();
      const first = guest.only().tcp;
      await clock.advance(199);
      assertEquals(guest.came().length, 0, act);
      await clock.advance(1);
      const again = guest.only().tcp;
      assertEquals([again?.sequence, again?.flags], [first?.sequence, first?.flags], act);
      const acknowledgment = (first?.sequence ?? 0) + (act === "a word" ? 5 : 1);
      await guest.tcp(SERVER, 80, { sequence: 1, acknowledgment: acknowledgment >>> 0 });
      await clock.advance(1_000);
    }
  }));

Deno.test("totals count what an open flow has carried, over TCP and UDP", () =>
  scene(async (world) => {
    const { guest, host, gateway } = world;
    const next = await open(world);
    await guest.tcp(SERVER, 80, { sequence: 1, acknowledgment: next, data: new Uint8Array(300) });
    host.server.say(new Uint8Array(7_000));
    await guest.udp(SERVER, 9, new Uint8Array(40));
    host.sockets[0]?.heard(new Uint8Array(5), { address: SERVER, port: 9 });
    await settled();
    const { sent, received, allowed } = gateway.totals;
    assertEquals([sent, received, allowed, gateway.flows], [340, 7_005, 2, { tcp: 1, udp: 1, icmp: 0 }]);
    await guest.tcp(SERVER, 80, { sequence: 301, acknowledgment: next, flags: RST });
    assertEquals(gateway.flows.tcp, 0);
    assertEquals([gateway.totals.sent, gateway.totals.received], [340, 7_005]);
  }));

Deno.test("so many connections to the name server are served at once, and one more when one has ended", () =>
  scene(async ({ guest, gateway }) => {
    const flags = async (sourcePort: number) => {
      await guest.tcp(GATEWAY_IPV4, 53, { sourcePort, flags: SYN });
      return guest.only().tcp?.flags;
    };
    for (let port = 1; port <= MAX_NAME_STREAMS; port++) assertEquals(await flags(port), SYN | ACK);
    assertEquals(await flags(1_000), RST | ACK);
    await guest.tcp(GATEWAY_IPV4, 53, { sourcePort: 7, sequence: 1, flags: RST });
    assertEquals(await flags(1_001), SYN | ACK);
    assertEquals(gateway.flows.tcp, MAX_NAME_STREAMS);
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
