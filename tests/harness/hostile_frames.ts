/**
 * What a hostile guest sends: frames that it might, made by chance, frames that a real one sent, and all of them with
 * bytes changed.
 *
 * @module
 */
import { GATEWAY_IPV4, GATEWAY_IPV6 } from "../../src/net/model/addresses.ts";
import { u16 } from "../../src/net/packet/bytes.ts";
import { capturedFrames, Replay } from "./captured_frames.ts";
import type { Chance } from "./chance.ts";
import { packetFrame, readForAnybody, tcpFrame, udpFrame } from "./frame_guest.ts";

/** Captures that are played at once. */
const REPLAYS = 20;

/** Ports of the guest between two captures that are played at once. */
const SHIFT = 1_009;

/** One of some. */
export function pick<T>(chance: Chance, from: readonly T[]): T {
  return from[Math.floor(chance.next() * from.length)] as T;
}

/** A whole number from 0, less than that. */
export function upTo(chance: Chance, limit: number): number {
  return Math.floor(chance.next() * limit);
}

/** The guest. */
export class HostileFrames {
  readonly #chance: Chance;
  readonly #replays = new Map<number, Replay>();
  #begun = 0;

  constructor(chance: Chance) {
    this.#chance = chance;
  }

  /** So many frames, after what the gateway has sent. */
  batch(count: number, came: readonly Uint8Array<ArrayBuffer>[]): Uint8Array[] {
    const chance = this.#chance;
    const packets = came.filter((frame) => u16(frame, 12) !== 0x0806);
    for (const replay of this.#replays.values()) packets.forEach((frame) => replay.hear(frame));
    const frames = Array.from(
      { length: count },
      () => chance.next() < 0.3 ? this.#captured() : honest(chance, packets),
    );
    return frames.map((frame) => mutated(chance, frame));
  }

  /** The next frame of a capture. Of what one connection sent nothing is left out, so that some come to their end. */
  #captured(): Uint8Array {
    const chance = this.#chance;
    const at = upTo(chance, REPLAYS);
    const next = this.#replays.get(at)?.next();
    if (next) return next;
    const replay = new Replay(++this.#begun * SHIFT, upTo(chance, capturedFrames.length));
    this.#replays.set(at, replay);
    return replay.next() ?? new Uint8Array(14);
  }
}

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
