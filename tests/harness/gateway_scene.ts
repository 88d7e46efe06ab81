/**
 * Scenes with a gateway: a guest that sends frames, servers and sockets that stand in for the host's, a judge that the
 * scene sets, and a clock.
 *
 * @module
 */
import { Gateway } from "../../src/net/gateway/gateway.ts";
import type { Allowed, FlowRecord, FlowTarget, Verdict } from "../../src/net/model/gateway_parts.ts";
import { assertEquals, assertTrue } from "./assert.ts";
import { FrameGuest } from "./frame_guest.ts";
import { settled, StandInClock } from "./stand_in_clock.ts";
import { StandInHost } from "./stand_in_host.ts";

/** A server that a guest wants. */
export const SERVER = "192.0.2.1";
/** Flags of TCP (RFC 9293, 3.1). */
export const [FIN, SYN, RST, ACK] = [1, 2, 4, 16] as const;
export const encoder = new TextEncoder();

/** A gateway with all that it meets. */
export interface World {
  readonly guest: FrameGuest;
  readonly host: StandInHost;
  readonly gateway: Gateway;
  readonly clock: StandInClock;
  readonly ended: FlowRecord[];
  /** Addresses of flows that were allowed and of which nothing came. */
  readonly unmade: string[];
  judge: (target: FlowTarget) => Verdict;
  firstBytes: (bytes: Uint8Array, final: boolean) => Verdict | "more";
}

/** The verdict of a judge that allows all. */
export const allow = (target: FlowTarget): Allowed => ({
  allowed: true,
  rule: "--net",
  dial: [target.address],
  inspect: false,
});
/** The verdict of a judge that denies all. */
export const deny: Verdict = {
  allowed: false,
  reason: "no rule allows it",
  remedy: "--allow-host evil.example",
};

/** Plays a scene with a gateway, which leaves nothing when it is closed. */
export async function scene(play: (world: World) => Promise<void>, { maxFlows = 1_000 } = {}): Promise<void> {
  const [guest, host, clock, ended] = [
    new FrameGuest(),
    new StandInHost(),
    new StandInClock(),
    [] as FlowRecord[],
  ];
  const unmade: string[] = [];
  const gateway: Gateway = new Gateway({
    conn: guest.conn,
    judge: {
      flow: (target) => world.judge(target),
      firstBytes: (_target, _verdict, bytes, final) => world.firstBytes(bytes, final),
      unmade: ({ address }) => unmade.push(address),
    },
    names: { answer: (query) => Promise.resolve(query.length === 0 ? undefined : query.toReversed()) },
    log: { ended: (flow) => ended.push(flow) },
    dial: host.dial,
    openUdp: host.openUdp,
    openEcho: host.openEcho,
    clock,
    maxFlows,
  });
  const world: World = { guest, host, gateway, clock, ended, unmade, judge: allow, firstBytes: () => "more" };
  const running = gateway.run();
  await play(world);
  gateway.close();
  await running;
  await settled();
  assertEquals([gateway.flows, clock.waiting], [{ tcp: 0, udp: 0, icmp: 0 }, 0]);
  assertTrue(
    host.servers.every((server) => server.wasClosed || server.wasReset),
    "every connection is closed",
  );
  assertTrue([...host.sockets, ...host.echoes].every(({ closed }) => closed), "every socket is closed");
}

/** A connection whose handshake is over: the guest's next number is 1. @returns the gateway's */
export async function open({ guest }: World, to = SERVER, port = 80): Promise<number> {
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

/** Bytes as text. */
export const text = (...bytes: Uint8Array[]): string =>
  bytes.map((some) => new TextDecoder().decode(some)).join("");
