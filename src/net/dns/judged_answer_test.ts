import { assertEquals, assertTrue } from "../../../tests/harness/assert.ts";
import { address, labels, type MadeRecord, message } from "../../../tests/harness/dns_messages.ts";
import { safeAnswer, toldAddresses } from "./judged_answer.ts";
import { dataOf, readMessage } from "./message.ts";

const answer = (answers: readonly MadeRecord[], type = 1) => {
  const found = readMessage(message({ flags: 0x8180, type, answers, edns: { size: 1_232 } }));
  assertTrue(found);
  return found;
};

Deno.test("toldAddresses() follows CNAMEs from the name that was asked, and nothing else", () => {
  const told = toldAddresses(answer([
    { type: 1, data: address("192.0.2.66"), name: "other.example" },
    { type: 5, data: labels("B.cdn.example"), ttl: 30 },
    { type: 1, data: address("192.0.2.2"), name: "c.cdn.example", ttl: 500 },
    { type: 5, data: labels("c.cdn.example"), name: "b.cdn.example", ttl: 90 },
    { type: 28, data: address("2001:db8:0:0:0:0:0:1"), name: "c.cdn.example", ttl: 10 },
    { type: 1, data: [1, 2, 3], name: "c.cdn.example" },
    { type: 1, data: address("192.0.2.67"), name: "cdn.example" },
  ]));
  assertEquals(told, [{ address: "192.0.2.2", ttl: 30 }, { address: "2001:db8::1", ttl: 10 }]);
  assertEquals(toldAddresses(answer([{ type: 1, data: address("192.0.2.1"), ttl: 0 }])), [{
    address: "192.0.2.1",
    ttl: 0,
  }]);
});

Deno.test("toldAddresses() ends in loops and in chains without an end", () => {
  const loop = answer([
    { type: 5, data: labels("b.example") },
    { type: 5, data: labels("a.example"), name: "b.example" },
    { type: 1, data: address("192.0.2.1"), name: "b.example" },
  ]);
  assertEquals(toldAddresses(loop).length, 1);
  const chain = Array.from({ length: 40 }, (_, index) => ({
    type: 5,
    data: labels(`n${index + 1}.example`),
    ...(index > 0 && { name: `n${index}.example` }),
  }));
  const long = answer([...chain, { type: 1, data: address("192.0.2.1"), name: "n40.example" }]);
  assertEquals(toldAddresses(long), []);
});

Deno.test("safeAnswer() lets no record live longer than its address counts", () => {
  const safe = readMessage(safeAnswer(answer([
    { type: 5, data: labels("b.example"), ttl: 86_400 },
    { type: 1, data: address("192.0.2.1"), name: "b.example", ttl: 60 },
    { type: 1, data: address("192.0.2.2"), name: "b.example", ttl: 0xffffffff },
  ])));
  assertEquals(safe?.records.map(({ type, ttl, class: size }) => [type, type === 41 ? size : ttl]), [
    [5, 3_600],
    [1, 60],
    [1, 3_600],
    [41, 1_232],
  ]);
});

Deno.test("safeAnswer() takes address hints and ECH out of HTTPS and SVCB records, and leaves the rest", () => {
  const alpn = [0, 1, 0, 3, 2, 0x68, 0x32];
  const port = [0, 3, 0, 2, 0x20, 0xfb];
  const hint4 = [0, 4, 0, 4, 192, 0, 2, 66];
  const ech = [0, 5, 0, 2, 1, 2];
  const hint6 = [0, 6, 0, 16, ...address("2001:db8:0:0:0:0:0:66")];
  const other = [0, 99, 0, 0];
  const service = (...parameters: number[][]) => [0, 1, ...labels("svc.example"), ...parameters.flat()];
  const message = answer([
    { type: 5, data: [1, 0x62, 0xc0, 14], ttl: 50 },
    { type: 65, data: service(alpn, port, hint4, ech, hint6, other), name: "b.example", ttl: 86_400 },
    { type: 64, data: service(ech), name: "b.example" },
    { type: 65, data: [...service(alpn), 0, 5, 0, 99, 1], name: "b.example" },
    { type: 46, data: Array(30).fill(1), name: "b.example" },
  ], 65);
  const bytes = safeAnswer(message);
  const safe = readMessage(bytes);
  assertTrue(safe);
  assertEquals(safe.records.map(({ name, type, ttl }) => [name, type, type === 41 ? 0 : ttl]), [
    ["a.example", 5, 50],
    ["b.example", 65, 3_600],
    ["b.example", 64, 300],
    ["", 41, 0],
  ]);
  const [cname, https, svcb] = safe.records;
  assertEquals(cname && [...dataOf(safe, cname)], labels("b.example"));
  assertEquals(https && [...dataOf(safe, https)], service(alpn, port, other));
  assertEquals(svcb && [...dataOf(safe, svcb)], service());
});
