import fc from "fast-check";
import { assertEquals, assertMatch, assertTrue } from "../../../tests/harness/assert.ts";
import { address, labels, type MadeMessage, message } from "../../../tests/harness/dns_messages.ts";
import type { Denied } from "../model/gateway_parts.ts";
import type { NamePolicy } from "../model/name_policy.ts";
import type { ForwardedQuery } from "./forwarder.ts";
import { GatewayNames, type NameFacts } from "./gateway_names.ts";
import { LocalNames } from "./local_names.ts";
import { readHeader, readMessage } from "./message.ts";

const SERVER = { address: "192.0.2.53", port: 53 };

/** A server of names with a policy that allows what is below `ok.example`, and what happened at it. */
function made(byName: boolean, upstream: MadeMessage | null = {}, facts: Partial<NameFacts> = {}) {
  const told: string[] = [];
  const denials: Denied[] = [];
  const forwarded: ForwardedQuery[] = [];
  let failures = 0;
  const deny = (name: string, reason: string): Denied => ({
    allowed: false,
    reason,
    name,
    remedy: `--allow-host ${name}`,
  });
  const policy: NamePolicy = {
    byName,
    query: (name) => byName && !name.endsWith("ok.example") ? deny(name, "no rule") : undefined,
    answer: (name, address) =>
      byName && address.startsWith("10.") ? deny(name, `leads to ${address}`) : undefined,
    told: (name, address, seconds) => told.push(`${name} ${address} ${seconds}`),
  };
  const names = new GatewayNames({
    policy,
    local: new LocalNames([{ name: "db.internal", address: "10.0.0.5" }]),
    forwarder: {
      ask: (query) => {
        forwarded.push(query);
        if (upstream === null) return Promise.resolve(undefined);
        const id = readHeader(query.bytes)?.id ?? 0;
        const { name, type } = query.question;
        return Promise.resolve(message({ id, flags: 0x8180, name, type, ...upstream }));
      },
    },
    resolvers: {
      current: () => ({ servers: [SERVER], search: ["corp.example"], ndots: 1 }),
      failed: () => failures++,
    },
    reachesIpv6: () => true,
    denied: (denial) => denials.push(denial),
    now: () => 0,
    ...facts,
  });
  const ask = async (query: MadeMessage, transport: "udp" | "tcp" = "udp") => {
    const answer = await names.answer(message(query), transport);
    const found = answer && readMessage(answer);
    assertTrue(found, "there is a whole answer");
    return {
      rcode: found.flags & 15,
      types: found.records.filter(({ section }) => section === "answer").map(({ type }) => type),
      bytes: found.bytes,
      cut: (found.flags & 0x0200) !== 0,
    };
  };
  return { names, ask, told, denials, forwarded, failures: () => failures };
}

const A = { type: 1, data: address("192.0.2.1"), ttl: 20 };

Deno.test("without names in its rules everything is passed on as it is, and remembered", async () => {
  const { ask, told, forwarded } = made(false, { answers: [A] });
  const query = {
    name: "Evil.example",
    edns: { size: 1_232 },
    additional: [{ type: 250, data: [1, 2], name: "key" }],
  };
  assertEquals((await ask(query)).types, [1]);
  assertEquals(forwarded[0]?.bytes, message(query));
  assertEquals(told, ["evil.example 192.0.2.1 20"]);
  for (const type of [2, 6, 12, 15, 16, 33, 43, 46, 48, 65, 255, 65_280]) {
    assertEquals((await ask({ name: "x.example", type })).rcode, 0);
  }
  // Even what cannot be read is the client's to judge.
  assertEquals((await ask({ class: 3, name: "version.bind", type: 16 })).rcode, 0);
  assertEquals(forwarded.length, 14);
});

Deno.test("a denied name is NXDOMAIN at once, goes nowhere, and is told once per query with its reason", async () => {
  const { ask, forwarded, denials } = made(true, { answers: [A] });
  for (const type of [1, 28, 16, 65, 255, 12]) {
    const answer = await ask({ name: "secret.Evil.example", type, edns: { size: 1_232 } });
    assertEquals([answer.rcode, answer.types], [3, []]);
    assertMatch(
      new TextDecoder().decode(answer.bytes),
      /smolvm: no rule; allow it with --allow-host secret\.evil\.example/,
    );
  }
  assertEquals([forwarded.length, denials.length, denials[0]?.name], [0, 6, "secret.evil.example"]);
  assertEquals((await ask({ name: "x.ok.example", class: 3 })).rcode, 5);
  assertEquals(forwarded.length, 0);
});

Deno.test("a name with a search domain behind it is refused without a word where the name alone is too", async () => {
  const { ask, denials } = made(true);
  assertEquals((await ask({ name: "evil.example.corp.example" })).rcode, 3);
  assertEquals(denials, []);
  assertEquals((await ask({ name: "corp.example" })).rcode, 3);
  assertEquals(denials.length, 1);
});

Deno.test("of a query for an allowed name only the question goes on, and of the answer what is safe", async () => {
  const answers = [
    { type: 5, data: labels("b.cdn.example"), ttl: 90_000 },
    { type: 1, data: address("192.0.2.1"), name: "b.cdn.example", ttl: 90_000 },
  ];
  const { ask, told, forwarded } = made(true, { answers });
  const answer = await ask({
    name: "ok.example",
    edns: { size: 1_232 },
    additional: [{ type: 16, data: [1, 2], name: "x" }],
  });
  assertEquals([answer.rcode, answer.types], [0, [5, 1]]);
  assertEquals(told, ["ok.example 192.0.2.1 90000"]);
  assertEquals(forwarded[0] && readMessage(forwarded[0].bytes)?.records.map(({ type }) => type), [41]);
  const found = readMessage(answer.bytes);
  assertEquals(found?.records.filter(({ section }) => section === "answer").map(({ ttl }) => ttl), [
    3_600,
    3_600,
  ]);
});

Deno.test("an answer that policy refuses is refused whole, and nothing of it is remembered", async () => {
  const answers = [A, { type: 1, data: address("10.1.2.3") }];
  const { ask, told, denials } = made(true, { answers });
  const answer = await ask({ name: "ok.example" });
  assertEquals([answer.rcode, answer.types, told], [3, [], []]);
  assertEquals(denials.map(({ reason }) => reason), ["leads to 10.1.2.3"]);
  // By way of a CNAME too.
  const alias = made(true, {
    answers: [{ type: 5, data: labels("x.example") }, {
      type: 1,
      data: address("10.1.2.3"),
      name: "x.example",
    }],
  });
  assertEquals((await alias.ask({ name: "ok.example" })).rcode, 3);
});

Deno.test("names of this gateway are answered here, under any policy and without a resolver", async () => {
  for (const byName of [false, true]) {
    const { ask, told, forwarded } = made(byName);
    const own = await ask({ name: "Host.smolvm.Internal" });
    assertEquals([own.types, [...own.bytes.subarray(-4)]], [[1], [10, 0, 2, 2]]);
    assertEquals((await ask({ name: "host.smolvm.internal", type: 28 })).types, []);
    assertEquals([...(await ask({ name: "db.internal" })).bytes.subarray(-4)], [10, 0, 0, 5]);
    assertEquals((await ask({ name: "db.internal", type: 15 })).types, []);
    assertEquals((await ask({ name: "localhost", type: 28 })).types, [28]);
    assertEquals((await ask({ name: "x.invalid" })).rcode, 3);
    assertEquals(forwarded.length, 0);
    assertTrue(told.includes("db.internal 10.0.0.5 60"));
  }
});

Deno.test("without a way to IPv6 there are no IPv6 addresses, and no error", async () => {
  const { ask, forwarded } = made(false, { answers: [A] }, { reachesIpv6: () => false });
  const answer = await ask({ name: "x.example", type: 28 });
  assertEquals([answer.rcode, answer.types, forwarded.length], [0, [], 0]);
  assertEquals((await ask({ name: "x.example" })).types, [1]);
});

Deno.test("without a resolver, or an answer, it is SERVFAIL, and the resolvers are looked up again", async () => {
  const without = made(false, null);
  assertEquals([(await without.ask({})).rcode, without.failures()], [2, 1]);
  let failed = 0;
  const empty = made(false, {}, {
    resolvers: { current: () => ({ servers: [], search: [], ndots: 1 }), failed: () => failed++ },
  });
  assertEquals([(await empty.ask({})).rcode, empty.forwarded.length, failed], [2, 0, 1]);
  // What is no message is none for a guest whose way is decided by it.
  const broken = made(true, {}, { forwarder: { ask: () => Promise.resolve(new Uint8Array(20)) } });
  assertEquals((await broken.ask({ name: "ok.example" })).rcode, 2);
  const thrown = made(true, {}, { forwarder: { ask: () => Promise.reject(new Error("no")) } });
  assertEquals((await thrown.ask({ name: "ok.example" })).rcode, 2);
});

Deno.test("an answer over UDP fits what the query allows, over TCP it is whole", async () => {
  const answers = Array.from({ length: 6 }, () => ({ type: 16, data: [250, ...Array(999).fill(0x61)] }));
  const { ask, forwarded } = made(false, { answers });
  const size = async (edns: number | undefined, transport: "udp" | "tcp") => {
    const answer = await ask({ type: 16, ...(edns && { edns: { size: edns } }) }, transport);
    return [answer.types.length, answer.cut];
  };
  assertEquals(await size(undefined, "udp"), [0, true]);
  assertEquals(await size(1_232, "udp"), [1, true]);
  assertEquals(await size(4_096, "udp"), [4, true]);
  assertEquals(await size(65_535, "udp"), [6, false]);
  assertEquals(await size(undefined, "tcp"), [6, false]);
  assertEquals(forwarded.map(({ isLarge }) => isLarge), [false, false, true, true, true]);
});

Deno.test("what is no query has no answer, or one that says so", async () => {
  const { names, forwarded } = made(false, { answers: [A] });
  const rcode = async (bytes: Uint8Array) => {
    const answer = await names.answer(bytes, "udp");
    return answer && (readHeader(answer)?.rcode ?? -1);
  };
  assertEquals(await rcode(new Uint8Array(11)), undefined);
  assertEquals(await rcode(message({ flags: 0x8100 })), undefined);
  assertEquals(await rcode(message({ flags: 0x2900 })), 4);
  assertEquals(await rcode(message({}).with(5, 0)), 1);
  assertEquals(await rcode(message({}).with(5, 2)), 1);
  assertEquals(await rcode(message({}).subarray(0, 15)), 1);
  assertEquals(forwarded.length, 0);
});

Deno.test("a flood is lost over UDP, and ends a connection over TCP", async () => {
  const { names } = made(true);
  const query = message({});
  for (let index = 0; index < 1_000; index++) await names.answer(query, "udp");
  assertEquals(await names.answer(query, "udp"), undefined);
  assertEquals(await names.answer(query, "tcp"), undefined);
});

Deno.test("a guest's bytes and a server's never lead to an error, or to an answer larger than allowed", async () => {
  const bytes = (sound: Uint8Array) =>
    fc.oneof(
      fc.uint8Array({ maxLength: 100 }),
      fc.array(fc.tuple(fc.nat(sound.length - 1), fc.nat(255)), { maxLength: 5 }).map((changes) => {
        const copy = sound.slice();
        for (const [at, value] of changes) copy[at] = value;
        return copy;
      }),
    );
  const query = bytes(message({ name: "ok.example", edns: { size: 600 } }));
  const service = [0, 1, ...labels("b.example"), 0, 4, 0, 4, 1, 2, 3, 4];
  const answer = bytes(message({
    flags: 0x8180,
    name: "ok.example",
    answers: [{ type: 5, data: [1, 0x62, 0xc0, 12] }, A, { type: 65, data: service }],
    edns: { size: 600 },
  }));
  await fc.assert(
    fc.asyncProperty(query, answer, fc.boolean(), async (asked, said, byName) => {
      const { names } = made(byName, {}, { forwarder: { ask: () => Promise.resolve(said) } });
      const given = await names.answer(asked, "udp");
      return given === undefined || given.length <= 65_535;
    }),
    { numRuns: 1_000 },
  );
});
