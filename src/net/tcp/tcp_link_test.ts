import fc from "fast-check";
import { assertEquals, assertTrue } from "../../../tests/harness/assert.ts";
import { type Carried, FaultyLink, TcpModel } from "../../../tests/harness/tcp_model.ts";
import type { TcpSegment } from "../packet/tcp_segment.ts";
import { ByteQueue } from "./byte_queue.ts";
import { ChunkPool } from "./chunk_pool.ts";
import type { OutgoingSegment } from "./outgoing_segment.ts";
import { TcpConnection } from "./tcp_connection.ts";

interface Run {
  readonly guestSends: number;
  readonly hostSends: number;
  readonly faults: { readonly loss: number; readonly doubling: number; readonly delay: number };
  readonly window: number;
  /** Bytes that the host takes every 10 ms. */
  readonly taking: number;
  readonly seed: number;
}

const pattern = (count: number, salt: number) =>
  Uint8Array.from({ length: count }, (_, at) => (at * 31 + (at >> 8) + salt) & 255);

function chanceOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** A connection of the product and a client of the tests, joined by a bad link, until both are done. */
class Joined {
  readonly pool = new ChunkPool(2 ** 24);
  readonly link: FaultyLink;
  readonly guest: TcpModel;
  readonly host: number[] = [];
  connection: TcpConnection | undefined;
  readonly #incoming = new ByteQueue(this.pool);
  readonly #outgoing = new ByteQueue(this.pool);
  readonly #run: Run;
  #left: Uint8Array;

  constructor(run: Run) {
    this.#run = run;
    this.link = new FaultyLink(run.faults, chanceOf(run.seed));
    this.guest = new TcpModel(pattern(run.guestSends, 1), { isn: 0xfffffc00, window: run.window });
    this.#left = pattern(run.hostSends, 2);
  }

  /** @returns the longest time that was needed, in milliseconds of the link */
  play(): number {
    const limit = 3_600_000;
    for (let tick = 0; tick < limit / 10 && !this.over; tick++) {
      this.link.at(tick * 10, () => this.#tick());
      while (this.link.step(tick * 10)) { /* All until now. */ }
    }
    return this.link.now;
  }

  get over(): boolean {
    return this.guest.wasReset ||
      (this.guest.done && this.guest.peerEnded && this.connection?.end !== undefined);
  }

  #tick(): void {
    for (const carried of this.guest.poll(this.link.now)) this.#toHost(carried);
    const { connection } = this;
    if (!connection) return;
    if (connection.phase === "connecting") connection.accept(this.link.now);
    const first = this.#incoming.first();
    if (first) {
      const taken = first.subarray(0, this.#run.taking);
      this.host.push(...taken);
      this.#incoming.shift(taken.length);
    }
    const space = this.#outgoing.space();
    const some = this.#left.subarray(0, Math.min(space?.length ?? 0, 3_000));
    space?.set(some);
    this.#outgoing.filled(some.length);
    this.#left = this.#left.subarray(some.length);
    if (this.#left.length === 0) connection.sender.end();
    if (connection.deadline <= this.link.now) connection.expire(this.link.now);
    this.#transmit();
  }

  #toHost(carried: Carried): void {
    this.link.carry(() => {
      const segment: TcpSegment = { ...carried.segment, dataAt: 0, dataEnd: carried.data.length };
      if (!this.connection) {
        if ((segment.flags & 2) === 0) return;
        const options = { iss: 0xffffff80, mss: 900, now: this.link.now, incomingLimit: () => 5_000 };
        this.connection = new TcpConnection(segment, {
          ...options,
          incoming: this.#incoming,
          outgoing: this.#outgoing,
        });
      } else this.connection.segment(carried.data, segment, this.link.now);
      this.#transmit();
    });
  }

  #transmit(): void {
    this.connection?.transmit({ send: (segment) => this.#toGuest(segment) }, this.link.now);
  }

  #toGuest({ data, options, ...numbers }: OutgoingSegment): boolean {
    void options;
    const bytes = new Uint8Array(data?.length ?? 0);
    data?.queue.copy(data.offset, data.length, bytes, 0);
    const carried = { segment: { ...numbers, sourcePort: 2, destinationPort: 1 }, data: bytes };
    this.link.carry(() => {
      for (const answer of this.guest.take(carried, this.link.now)) this.#toHost(answer);
    });
    return true;
  }
}

const some = fc.record({
  guestSends: fc.nat(6_000),
  hostSends: fc.nat(6_000),
  faults: fc.record({
    loss: fc.double({ min: 0, max: 0.3, noNaN: true }),
    doubling: fc.double({ min: 0, max: 0.3, noNaN: true }),
    delay: fc.double({ min: 0, max: 60, noNaN: true }),
  }),
  window: fc.constantFrom(100, 1_000, 5_000, 60_000),
  taking: fc.constantFrom(50, 700, 5_000),
  seed: fc.nat(2 ** 31),
});

Deno.test("over a link that loses, doubles and reorders, all bytes arrive in order, both ends too, and nothing is left", () => {
  fc.assert(
    fc.property(some, (run) => {
      const joined = new Joined(run);
      joined.play();
      const [toGuest, toHost] = [pattern(run.hostSends, 2), pattern(run.guestSends, 1)];
      assertTrue(
        joined.guest.received.every((byte, at) => byte === toGuest[at]),
        "bytes to the guest",
      );
      assertTrue(
        joined.host.every((byte, at) => byte === toHost[at]),
        "bytes to the host",
      );
      assertTrue(joined.over, "it did not end");
      assertEquals(joined.guest.wasReset, false);
      const { connection } = joined;
      assertEquals([connection?.receiver.ended, joined.guest.received.length], [true, run.hostSends]);
      assertEquals(joined.host.length + (connection?.receiver.queue.length ?? 0), run.guestSends);
      connection?.expire(joined.link.now + 10_000);
      assertEquals([connection?.phase, connection?.deadline], ["closed", Infinity]);
      connection?.receiver.queue.clear();
      assertEquals(joined.pool.used, 0);
    }),
    { numRuns: 40 },
  );
});

Deno.test("on a good link nothing is sent twice", () => {
  const run = { guestSends: 5_000, hostSends: 6_000, window: 60_000, taking: 5_000, seed: 1 };
  const joined = new Joined({ ...run, faults: { loss: 0, doubling: 0, delay: 1 } });
  assertTrue(joined.play() < 2_000);
  assertEquals(joined.guest.received.length, 6_000);
});
