import { assertEquals, assertTrue } from "../../../tests/harness/assert.ts";
import { address, type MadeMessage, message } from "../../../tests/harness/dns_messages.ts";
import { type Reply, StandInResolver } from "../../../tests/harness/stand_in_resolver.ts";
import type { NameServerAddress } from "../model/name_server.ts";
import { Forwarder } from "./forwarder.ts";
import { readHeader, readMessage } from "./message.ts";

/** Times are a tenth of the real ones. */
const PATIENCE = { next: 100, last: 500 };
const QUESTION = { name: "a.example", type: 1, class: 1 };
const QUERY = { bytes: message({ id: 7 }), question: QUESTION, isLarge: true };

const idOf = (query: Uint8Array): number => readHeader(query)?.id ?? 0;
const made = (last: number, query: Uint8Array, change: MadeMessage = {}): Uint8Array =>
  message({
    id: idOf(query),
    flags: 0x8180,
    answers: [{ type: 1, data: address(`192.0.2.${last}`) }],
    ...change,
  });
const says = (last: number): Reply => (query) => [made(last, query)];
const fails = (rcode: number): Reply => (query) => [message({ id: idOf(query), flags: 0x8180 | rcode })];
const silent: Reply = () => [];

/** The last byte of the first answer's address; the RCODE where there is no answer; `none`. */
async function ask(forwarder: Forwarder, servers: readonly NameServerAddress[]): Promise<string> {
  const answer = await forwarder.ask(QUERY, servers);
  if (!answer) return "none";
  assertEquals(idOf(answer), 7);
  const found = readMessage(answer);
  const first = found?.records[0];
  return first ? `.${answer[first.end - 1]}` : `rcode ${(found?.flags ?? 0) & 15}`;
}

Deno.test("a forwarder gives the answer of the first resolver, to an id that nobody can guess", async () => {
  await using one = await StandInResolver.start(says(1));
  await using two = await StandInResolver.start(says(2));
  const forwarder = new Forwarder(PATIENCE);
  for (let round = 0; round < 8; round++) assertEquals(await ask(forwarder, [one, two]), ".1");
  assertEquals(two.asked.length, 0);
  assertTrue(new Set(one.asked.map(({ query }) => idOf(query))).size > 4);
});

Deno.test("a forwarder asks the next resolver when one is silent or cannot, and remembers the silent one", async () => {
  await using quiet = await StandInResolver.start(silent);
  await using broken = await StandInResolver.start(fails(2));
  await using refusing = await StandInResolver.start(fails(5));
  await using sound = await StandInResolver.start(says(3));
  const forwarder = new Forwarder(PATIENCE);
  let began = performance.now();
  assertEquals(await ask(forwarder, [broken, refusing, sound]), ".3");
  assertTrue(performance.now() - began < PATIENCE.next, "who says that he cannot is not waited for");
  began = performance.now();
  assertEquals(await ask(forwarder, [quiet, sound]), ".3");
  assertTrue(performance.now() - began >= PATIENCE.next);
  const asked = quiet.asked.length;
  assertEquals(await ask(forwarder, [quiet, sound]), ".3");
  assertEquals(quiet.asked.length, asked);
});

Deno.test("a forwarder gives up when its time is over, and passes on that nobody could", async () => {
  await using quiet = await StandInResolver.start(silent);
  await using broken = await StandInResolver.start(fails(2));
  const forwarder = new Forwarder(PATIENCE);
  const began = performance.now();
  assertEquals(await ask(forwarder, [quiet]), "none");
  const took = performance.now() - began;
  assertTrue(took >= PATIENCE.last && took < 3 * PATIENCE.last, `${took}`);
  // A datagram may be lost, so it is sent again.
  assertTrue(quiet.asked.length >= 3);
  assertEquals(await ask(forwarder, [broken, broken]), "rcode 2");
  assertEquals(await ask(forwarder, []), "none");
});

Deno.test("NXDOMAIN is an answer, not a failure", async () => {
  await using one = await StandInResolver.start(fails(3));
  await using two = await StandInResolver.start(says(2));
  assertEquals(await ask(new Forwarder(PATIENCE), [one, two]), "rcode 3");
});

Deno.test("a forwarder passes over what is not the answer: another id, another question, a query, noise", async () => {
  const lies = (query: Uint8Array): Uint8Array[] => [
    made(66, query, { id: idOf(query) ^ 1 }),
    made(67, query, { name: "evil.example" }),
    made(68, query, { type: 28 }),
    made(69, query, { flags: 0x0100 }),
    new Uint8Array(3),
    crypto.getRandomValues(new Uint8Array(100)),
  ];
  await using lying = await StandInResolver.start((query) => [...lies(query), made(1, query)]);
  await using only = await StandInResolver.start(lies);
  assertEquals(await ask(new Forwarder(PATIENCE), [lying]), ".1");
  assertEquals(await ask(new Forwarder(PATIENCE), [only]), "none");
});

Deno.test("a forwarder takes nothing from another address or port than it asked", async () => {
  const { createSocket } = await import("node:dgram");
  const strangers = ["127.0.0.1", "127.0.0.2"].map((from) => ({ from, socket: createSocket("udp4") }));
  await Promise.all(
    strangers.map(({ from, socket }) =>
      new Promise<void>((resolve) => socket.bind(0, from, () => resolve()))
    ),
  );
  // Strangers who know the id and the port answer first.
  await using resolver = await StandInResolver.start(async (query, transport, port) => {
    const lie = made(66, query);
    await Promise.all(
      strangers.map(({ socket }) => new Promise((resolve) => socket.send(lie, port, "127.0.0.1", resolve))),
    );
    return transport === "udp" ? [made(1, query)] : [];
  });
  assertEquals(await ask(new Forwarder(PATIENCE), [resolver]), ".1");
  await Promise.all(
    strangers.map(({ socket }) => new Promise<void>((resolve) => socket.close(() => resolve()))),
  );
});

Deno.test("a forwarder asks over TCP for what UDP cut, unless nobody wants it whole", async () => {
  const long = { type: 16, data: Array(5_000).fill(1) };
  await using resolver = await StandInResolver.start((query, transport) => [
    transport === "udp"
      ? message({ id: idOf(query), flags: 0x8380 })
      : message({ id: idOf(query), flags: 0x8180, answers: [long] }),
  ]);
  const forwarder = new Forwarder(PATIENCE);
  const whole = await forwarder.ask(QUERY, [resolver]);
  assertTrue((whole?.length ?? 0) > 5_000);
  const cut = await forwarder.ask({ ...QUERY, isLarge: false }, [resolver]);
  assertEquals(cut?.length, 27);
  assertEquals(resolver.asked.map(({ transport }) => transport), ["udp", "tcp", "udp"]);
});

Deno.test("a forwarder is content with what UDP cut when TCP has nothing, or lies", async () => {
  const cut = (query: Uint8Array) => message({ id: idOf(query), flags: 0x8380 });
  await using without = await StandInResolver.start((query, transport) =>
    transport === "udp" ? [cut(query)] : []
  );
  await using lying = await StandInResolver.start((query, transport) => [
    transport === "udp" ? cut(query) : message({ id: idOf(query), flags: 0x8180, name: "evil.example" }),
  ]);
  await using hanging = await StandInResolver.start(async (query, transport) => {
    if (transport === "tcp") await new Promise((resolve) => setTimeout(resolve, 2 * PATIENCE.last));
    return [cut(query)];
  });
  for (const resolver of [without, lying, hanging]) {
    const answer = await new Forwarder(PATIENCE).ask(QUERY, [resolver]);
    assertEquals(answer?.length, 27);
  }
});

Deno.test("as many queries at once as a guest may make are each answered", async () => {
  await using resolver = await StandInResolver.start(says(1));
  const forwarder = new Forwarder();
  const answers = await Promise.all(Array.from({ length: 64 }, () => ask(forwarder, [resolver])));
  assertEquals(new Set(answers), new Set([".1"]));
});
