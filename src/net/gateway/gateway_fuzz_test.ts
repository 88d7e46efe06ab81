import { assertEquals, assertTrue } from "../../../tests/harness/assert.ts";
import { Replay } from "../../../tests/harness/captured_frames.ts";
import { Chance, rounds } from "../../../tests/harness/chance.ts";
import { type Came, framed, FrameGuest, readForAnybody } from "../../../tests/harness/frame_guest.ts";
import { scene, text } from "../../../tests/harness/gateway_scene.ts";
import { HostileFrames, pick, upTo } from "../../../tests/harness/hostile_frames.ts";
import { residentBytes, usedBytes } from "../../../tests/harness/memory.ts";
import { StandInHost } from "../../../tests/harness/stand_in_host.ts";
import { settled, StandInClock } from "../../../tests/harness/stand_in_clock.ts";
import { GATEWAY_IPV4, GATEWAY_IPV6 } from "../model/addresses.ts";
import { u16 } from "../packet/bytes.ts";
import { addressText } from "../packet/ip_address.ts";
import { Gateway } from "./gateway.ts";
import { MAX_BUFFERED, MAX_ECHO_FLOWS, MAX_UDP_FLOWS } from "./limits.ts";

/** Batches of frames, each of which comes with one read, and after how many of them the guest is silent for hours. */
const FRAMES = rounds > 1 ? 500 : 100;
const BATCHES = 4_000 * rounds / FRAMES;
const SILENCES = Math.min(10, 2 + Math.floor(rounds / 10));
const MAX_FLOWS = 200;

/**
 * How much more may be in use after a silence than after the first, in bytes: what the engine keeps of its own. A flow that
 * stays is 1 KiB at least, of which the long form has 40,000.
 */
const MOST_GROWTH = 2 << 20;

/** The same of resident memory, in which garbage has its place until it is collected. */
const MOST_RESIDENT_GROWTH = 64 << 20;

Deno.test("what a real guest sent for curl, dig, ping and nc is served, by another gateway than its own: names, pings, and every byte", () =>
  scene(async ({ guest, host, clock }) => {
    const replay = new Replay();
    const came: Came[] = [];
    for (let frame = replay.next(); frame; frame = replay.next()) {
      await guest.frame(frame);
      const answers = guest.frames.splice(0);
      answers.forEach((answer) => replay.hear(answer));
      came.push(...answers.filter((answer) => u16(answer, 12) !== 0x0806).map(readForAnybody));
    }
    await clock.advance(100);
    assertEquals(host.dialled, [
      ...[
        "198.51.100.10 80",
        "2001:db8::10 80",
        "198.51.100.10 80",
        "198.51.100.10 81",
        "169.254.169.254 80",
      ],
      ...["198.51.100.10 7", "198.51.100.10 7"],
    ]);
    const said = host.servers.map(({ got }) => new Uint8Array(got));
    const requests = said.slice(0, 3).map((bytes) => text(bytes).split("\r\n").slice(0, 2).join(" "));
    const names = ["www.example.net", "[2001:db8::10]", "short"];
    assertEquals(requests, names.map((name) => `GET / HTTP/1.1 Host: ${name}`));
    assertEquals(said.slice(3).map(({ length }) => length), [0, 0, 0, 150_000]);
    const from = (address: string, protocol: number) =>
      came.filter((one) => one.from === address && one.packet.protocol === protocol);
    assertEquals(from(GATEWAY_IPV4, 17).length, 10, "answers to names over UDP");
    assertTrue(from(GATEWAY_IPV4, 6).some(({ payload }) => payload.length > 60), "an answer over TCP");
    const echoes = from(GATEWAY_IPV6, 58).filter(({ payload }) => payload[0] === 129);
    assertEquals([from(GATEWAY_IPV4, 1).length, echoes.length], [2, 2], "answers to pings");
    const pings = host.echoes.flatMap(({ sent }) => sent).map(({ to, data }) =>
      `${addressText(to, 0, to.length)} ${data.length}`
    );
    const [four, six] = ["198.51.100.10 56", "2001:db8::10 56"];
    assertEquals(pings.toSorted(), [four, four, "198.51.100.10 3000", six, six].toSorted());
  }));

Deno.test("whatever frames a guest sends, nothing breaks, all checksums are right, no flow stays, and no memory is kept", async () => {
  const chance = new Chance();
  const hostile = new HostileFrames(chance);
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
  host.keeps = false;
  const running = gateway.run();
  const used: number[] = [];
  const resident: number[] = [];
  let [seen, segments, most] = [0, 0, 0];
  for (let batch = 1; batch <= BATCHES; batch++) {
    host.fails = pick(chance, [undefined, undefined, undefined, "refused", "network"]);
    const answers = guest.frames.splice(0);
    for (const frame of answers) {
      seen++;
      if (u16(frame, 12) !== 0x0806 && readForAnybody(frame).tcp) segments++;
    }
    const frames = hostile.batch(FRAMES, answers);
    await guest.raw(framed(frames));
    // Else what waits grows to hundreds of megabytes, and answers are to questions of long ago.
    while (guest.waits) await settled(1);
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
    const { tcp, udp, icmp } = gateway.flows;
    const flows = tcp <= MAX_FLOWS && udp <= MAX_UDP_FLOWS && icmp <= MAX_ECHO_FLOWS;
    assertTrue(flows, JSON.stringify(gateway.flows));
    most = Math.max(most, gateway.buffered);
    await clock.advance(upTo(chance, 400));
    if (batch % Math.floor(BATCHES / SILENCES) > 0) continue;
    await silence({ gateway, guest, clock });
    host.forget();
    clock.delays.length = 0;
    resident.push(residentBytes(Deno.pid));
    used.push(await usedBytes());
  }
  assertTrue(seen > BATCHES * 10 && segments > BATCHES * 5, `${seen} frames came, ${segments} segments`);
  assertTrue(most <= MAX_BUFFERED, `${most} bytes of flows waited`);
  const inMegabytes = (all: readonly number[]) => all.map((bytes) => (bytes / 1e6).toFixed(1)).join(" ");
  const kept = `in use after each silence ${inMegabytes(used)} MB, resident ${inMegabytes(resident)} MB`;
  console.log(
    `${BATCHES * FRAMES} frames, ${seen} answers, ${(most / 1e6).toFixed(1)} MB waited at most, ${kept}`,
  );
  const growth = (all: readonly number[]) => Math.max(...all.slice(1)) - (all[0] ?? 0);
  assertTrue(growth(used) < MOST_GROWTH, kept);
  assertTrue(growth(resident) < MOST_RESIDENT_GROWTH, kept);
  gateway.close();
  await running;
  assertEquals(clock.waiting, 0);
});

/** The guest says nothing for long: what it left is given up, in two hours at most and what an answer may take. */
async function silence(
  { gateway, guest, clock }: { gateway: Gateway; guest: FrameGuest; clock: StandInClock },
): Promise<void> {
  const open = () => Object.values(gateway.flows).reduce((sum, count) => sum + count);
  const until = clock.now() + 4 * 3_600_000;
  while (clock.now() < until && open() > 0) {
    // A timer that is more than a second late is a host that stood still, during which nobody loses patience.
    await clock.advance(Math.min(Math.max(1_000, clock.next), 3_600_000), 1);
    guest.frames = [];
  }
  assertEquals([gateway.flows, gateway.buffered], [{ tcp: 0, udp: 0, icmp: 0 }, 0]);
}
