import { assertEquals } from "../../../tests/harness/assert.ts";
import { framed, FrameGuest, tcpFrame, udpFrame } from "../../../tests/harness/frame_guest.ts";
import { allow, SERVER, SYN } from "../../../tests/harness/gateway_scene.ts";
import { settled, StandInClock } from "../../../tests/harness/stand_in_clock.ts";
import { StandInHost } from "../../../tests/harness/stand_in_host.ts";
import { Gateway } from "./gateway.ts";
import { Turns } from "./turns.ts";

Deno.test("a turn ends after 2 ms of frames, or 4 flows; time between reads is not counted", async () => {
  let [now, turns] = [0, 0];
  const turn = new Turns(() => now, () => Promise.resolve(void turns++));
  const frames = (most: number, milliseconds: number) => {
    for (let count = 1; count <= most; count++) {
      now += milliseconds;
      if (turn.frame()) return count;
    }
    return most;
  };
  turn.begin();
  assertEquals(frames(1_000, 0.01), 208);
  await turn.next();
  assertEquals([frames(100, 0.01), turn.end()], [100, false]);
  now += 1_000;
  turn.begin();
  assertEquals([frames(1_000, 0.01), turn.end()], [108, true]);
  await turn.next();
  for (let flow = 0; flow < 4; flow++) {
    assertEquals(turn.frame(), false);
    turn.flow();
  }
  assertEquals([turn.frame(), turn.end(), turns], [true, true, 2]);
  await turn.next();
  assertEquals([turn.frame(), turn.end()], [false, false]);
});

/** A gateway whose turns the test ends, and what it did with frames that came all at once. */
async function flood(frames: readonly Uint8Array[]): Promise<{ flows: number[]; order: number[] }> {
  const [guest, host, clock] = [new FrameGuest(), new StandInHost(), new StandInClock()];
  const order: number[] = [];
  let goOn = Promise.withResolvers<void>();
  const gateway = new Gateway({
    conn: guest.conn,
    judge: {
      flow: (target) => {
        order.push(target.port);
        return allow(target);
      },
      firstBytes: (_target, verdict) => verdict,
      unmade: () => {},
    },
    names: { answer: () => Promise.resolve(undefined) },
    log: { ended: () => {} },
    dial: host.dial,
    openUdp: host.openUdp,
    clock,
    nextTurn: () => goOn.promise,
  });
  const running = gateway.run();
  await guest.raw(framed(frames));
  const flows: number[] = [];
  for (let turn = 0; turn < 100 && flows.at(-1) !== frames.length; turn++) {
    flows.push(gateway.flows.tcp + gateway.flows.udp);
    const { resolve } = goOn;
    goOn = Promise.withResolvers();
    resolve();
    await settled();
  }
  gateway.close();
  goOn.resolve();
  await running;
  return { flows, order };
}

Deno.test("of frames that come at once 4 begin flows in each turn, and the rest do later, in order", async () => {
  const ports = Array.from({ length: 100 }, (_, at) => at + 1);
  const turns = Array.from({ length: 25 }, (_, at) => 4 * (at + 1));
  const syns = ports.map((port) => tcpFrame(SERVER, port, { flags: SYN, sourcePort: 1_000 + port }));
  assertEquals(await flood(syns), { flows: turns, order: ports });
  const datagrams = ports.map((port) => udpFrame(SERVER, port, new Uint8Array(1), 1_000 + port));
  assertEquals(await flood(datagrams), { flows: turns, order: ports });
});
