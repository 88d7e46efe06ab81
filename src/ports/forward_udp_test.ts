import { assertEquals } from "../../tests/harness/assert.ts";
import { DatagramDecoder, encodeDatagram } from "../wire/datagrams.ts";
import type { StreamEnd } from "../wire/stream.ts";
import { UdpForwarder } from "./forward_udp.ts";
import type { Peer } from "./udp_socket.ts";

/** A session that a test plays. */
class StandInSession {
  readonly sent: string[] = [];
  readonly #decoder = new DatagramDecoder();
  readonly #end = Promise.withResolvers<StreamEnd>();
  readonly ended = this.#end.promise;
  #answers: (Uint8Array | null)[] = [];
  #wake = Promise.withResolvers<void>();

  write(_channel: number, bytes: Uint8Array): Promise<boolean> {
    for (const one of this.#decoder.push(bytes)) this.sent.push(new TextDecoder().decode(one));
    return Promise.resolve(true);
  }

  async read(): Promise<Uint8Array | null> {
    while (this.#answers.length === 0) await this.#wake.promise;
    return this.#answers.shift() ?? null;
  }

  answer(text: string | null): void {
    this.#answers.push(text === null ? null : encodeDatagram(new TextEncoder().encode(text)));
    this.#wake.resolve();
    this.#wake = Promise.withResolvers();
  }

  end(): void {}

  reset(reason: string): void {
    this.answer(null);
    this.#end.resolve({ reason });
  }
}

function forwarderOf(idleMilliseconds: number) {
  const sessions: StandInSession[] = [];
  const answers: string[] = [];
  let tell: (datagram: Uint8Array, from: Peer) => void = () => {};
  const forwarder = new UdpForwarder({
    onDatagram: (told) => tell = told,
    send: (datagram, { port }) => void answers.push(`${port} ${new TextDecoder().decode(datagram)}`),
  }, {
    open: () => {
      const session = new StandInSession();
      sessions.push(session);
      return session;
    },
    idleMilliseconds,
  });
  const from = (port: number, text: string): void =>
    tell(new TextEncoder().encode(text), { address: "127.0.0.1", port });
  return { forwarder, sessions, answers, from };
}

const settle = (milliseconds = 5) => new Promise((resolve) => setTimeout(resolve, milliseconds));

Deno.test("UdpForwarder keeps peers apart, and their datagrams in order", async () => {
  const { forwarder, sessions, answers, from } = forwarderOf(60_000);
  for (const text of ["a", "", "c"]) from(1, text);
  from(2, "other");
  await settle();
  assertEquals(sessions.map(({ sent }) => sent), [["a", "", "c"], ["other"]]);
  sessions[1]?.answer("back");
  await settle();
  assertEquals([answers, forwarder.size], [["2 back"], 2]);
  forwarder.close();
  assertEquals(forwarder.size, 0);
});

Deno.test("UdpForwarder forgets a peer that is silent, and meets it anew", async () => {
  const { forwarder, sessions, from } = forwarderOf(30);
  from(1, "a");
  await settle(120);
  assertEquals(forwarder.size, 0);
  from(1, "b");
  await settle();
  assertEquals(sessions.map(({ sent }) => sent), [["a"], ["b"]]);
  forwarder.close();
});

Deno.test("UdpForwarder takes no more than 256 peers", () => {
  const { forwarder, sessions, from } = forwarderOf(60_000);
  for (let port = 1; port <= 300; port++) from(port, "x");
  assertEquals([forwarder.size, sessions.length], [256, 256]);
  forwarder.close();
});
