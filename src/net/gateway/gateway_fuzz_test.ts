import { assertEquals, assertTrue } from "../../../tests/harness/assert.ts";
import { Chance, rounds } from "../../../tests/harness/chance.ts";
import {
  framed,
  FrameGuest,
  packetFrame,
  readForAnybody,
  tcpFrame,
  udpFrame,
} from "../../../tests/harness/frame_guest.ts";
import { StandInHost } from "../../../tests/harness/stand_in_host.ts";
import { StandInClock } from "../../../tests/harness/stand_in_clock.ts";
import { GATEWAY_IPV4, GATEWAY_IPV6 } from "../model/addresses.ts";
import { u16 } from "../packet/bytes.ts";
import { Gateway } from "./gateway.ts";
import { MAX_ECHO_FLOWS, MAX_UDP_FLOWS } from "./limits.ts";

/** Batches of frames, each of which comes with one read. */
const BATCHES = 40 * rounds;
const FRAMES = 100;
const MAX_FLOWS = 200;

const pick = <T>(chance: Chance, from: readonly T[]): T => from[Math.floor(chance.next() * from.length)] as T;
const upTo = (chance: Chance, limit: number): number => Math.floor(chance.next() * limit);

/** A frame that a guest might send. */
function honest(chance: Chance, answers: readonly Uint8Array[]): Uint8Array {
  const to = pick(chance, ["192.0.2.1", "192.0.2.2", "2001:db8::1", GATEWAY_IPV4, GATEWAY_IPV6]);
  const data = new Uint8Array(pick(chance, [0, 1, 20, 536, 1_460, 20_000]));
  const port = pick(chance, [53, 80, 443]);
  const sourcePort = 1 + upTo(chance, 400);
  const ping = [
    to.includes(":") ? 128 : 8,
    0,
    0,
    0,
    upTo(chance, 3),
    upTo(chance, 256),
    0,
    upTo(chance, 256),
  ];
  const echo = new Uint8Array([...ping, ...data.subarray(0, 64)]);
  const answer = answers.length > 0 ? pick(chance, answers) : undefined;
  return pick(chance, [
    () =>
      tcpFrame(to, port, {
        sourcePort,
        flags: 2,
        sequence: upTo(chance, 2 ** 32),
        mss: pick(chance, [0, 1, 536, 65_495]),
      }),
    () => tcpFrame(to, port, { sourcePort, flags: upTo(chance, 64), sequence: upTo(chance, 2 ** 32), data }),
    () => udpFrame(to, port, data, sourcePort),
    () => packetFrame(to, to.includes(":") ? 58 : 1, echo),
    () => packetFrame(to, upTo(chance, 256), data),
    ...new Array<() => Uint8Array>(6).fill(() =>
      answer ? reply(chance, answer, data) : udpFrame(to, port, data)
    ),
  ])();
}

/** What a guest says to a segment of the gateway: the right numbers, most of the time. */
function reply(chance: Chance, answer: Uint8Array, data: Uint8Array): Uint8Array {
  const came = readForAnybody(answer.slice());
  if (!came.tcp) return udpFrame(came.from, 53, data);
  const { tcp } = came;
  const length = tcp.dataEnd - tcp.dataAt + ((tcp.flags & 3) !== 0 ? 1 : 0);
  return tcpFrame(came.from, tcp.sourcePort, {
    sourcePort: tcp.destinationPort,
    sequence: tcp.acknowledgment,
    acknowledgment: (tcp.sequence + length) >>> 0,
    flags: pick(chance, [16, 16, 24, 17, 20]),
    window: pick(chance, [0, 1, 1_000, 65_535]),
    data,
  });
}

/** One byte or more changed, cut off, or grown. */
function mutated(chance: Chance, frame: Uint8Array): Uint8Array {
  if (chance.next() < 0.5) return frame;
  const made = frame.slice(0, chance.next() < 0.2 ? 14 + upTo(chance, frame.length - 13) : frame.length);
  for (let count = upTo(chance, 4); count > 0; count--) {
    // Headers more often than data.
    made[upTo(chance, chance.next() < 0.8 ? Math.min(made.length, 74) : made.length)] = upTo(chance, 256);
  }
  return made;
}

Deno.test("whatever frames a guest sends, nothing breaks, all checksums are right, and nothing is left in the end", async () => {
  const chance = new Chance();
  const [guest, host, clock] = [new FrameGuest(), new StandInHost(), new StandInClock()];
  const gateway = new Gateway({
    conn: guest.conn,
    judge: {
      flow: (target) =>
        chance.next() < 0.1
          ? { allowed: false, reason: "chance" }
          : { allowed: true, rule: "chance", dial: [target.address], inspect: chance.next() < 0.3 },
      unmade: () => {},
      firstBytes: (_target, verdict, _bytes, final) =>
        chance.next() < 0.2
          ? { allowed: false, reason: "chance" }
          : chance.next() < 0.5 && !final
          ? "more"
          : verdict,
    },
    names: { answer: (query) => Promise.resolve(chance.next() < 0.2 ? undefined : query) },
    log: { ended: () => {} },
    dial: host.dial,
    openUdp: host.openUdp,
    openEcho: host.openEcho,
    clock,
    maxFlows: MAX_FLOWS,
  });
  const running = gateway.run();
  const open = () => Object.values(gateway.flows).reduce((sum, count) => sum + count);
  let [seen, segments] = [0, 0];
  for (let batch = 0; batch < BATCHES; batch++) {
    host.fails = pick(chance, [undefined, undefined, undefined, "refused", "network"]);
    const answers = guest.frames.splice(0);
    for (const frame of answers) {
      seen++;
      if (u16(frame, 12) !== 0x0806 && readForAnybody(frame).tcp) segments++;
    }
    const tcp = answers.filter((frame) => u16(frame, 12) !== 0x0806);
    await guest.raw(framed(Array.from({ length: FRAMES }, () => mutated(chance, honest(chance, tcp)))));
    for (const server of host.servers.splice(0, 50)) {
      const act = chance.next();
      if (act < 0.4) server.say(new Uint8Array(upTo(chance, 200_000)));
      else if (act < 0.6) server.say(null);
      else if (act < 0.7) server.fail();
      server.taking = chance.next() < 0.8;
      if (server.taking) server.take();
    }
    for (const socket of host.echoes) {
      if (!socket.closed && chance.next() < 0.8) socket.answerSome(chance.next());
    }
    assertEquals(guest.closed, false, "the gateway has ended");
    const { tcp: connections, udp, icmp } = gateway.flows;
    assertTrue(
      connections <= MAX_FLOWS && udp <= MAX_UDP_FLOWS && icmp <= MAX_ECHO_FLOWS,
      JSON.stringify(gateway.flows),
    );
    await clock.advance(upTo(chance, 400));
  }
  assertTrue(seen > BATCHES * 10 && segments > BATCHES * 5, `${seen} frames came, ${segments} segments`);
  // The guest is silent from now on: what it left is given up, in two hours at most and what an answer may take.
  for (let step = 0; step < 3_000 && open() > 0; step++) {
    await clock.advance(step < 200 ? 1_000 : 30_000);
    guest.frames = [];
  }
  assertEquals(gateway.flows, { tcp: 0, udp: 0, icmp: 0 });
  gateway.close();
  await running;
  assertEquals(clock.waiting, 0);
});
