import { assertEquals, assertTrue } from "../../../tests/harness/assert.ts";
import { address, message } from "../../../tests/harness/dns_messages.ts";
import { bareAnswer, cleanQuery, fitting, ownAnswer, udpLimit } from "./answer.ts";
import { dataOf, ednsOf, readHeader, readMessage } from "./message.ts";

const read = (bytes: Uint8Array) => {
  const found = readMessage(bytes);
  assertTrue(found);
  return found;
};

Deno.test("ownAnswer() answers the question as it was asked, and says why a name is blocked to whom it can", () => {
  const query = read(message({ id: 9, name: "A.Example", flags: 0x0110 }));
  const data = Uint8Array.of(10, 0, 2, 2);
  const answer = read(ownAnswer(query, { rcode: 0, records: [{ type: 1, ttl: 60, data }], blocked: "x" }));
  assertEquals([answer.id, answer.flags.toString(16)], [9, "8190"]);
  // 0x20 encoding: the question's own letters come back.
  assertEquals([...answer.bytes.subarray(12, 23)], [...query.bytes.subarray(12, 23)]);
  assertEquals(answer.records.map(({ name, type, ttl }) => [name, type, ttl]), [["a.example", 1, 60]]);
  const asked = read(message({ edns: { size: 4_096 } }));
  const blocked = read(ownAnswer(asked, { rcode: 3, blocked: "no rule" }));
  const [opt] = blocked.records;
  assertEquals(blocked.flags & 15, 3);
  assertEquals(opt && [...dataOf(blocked, opt)], [
    0,
    15,
    0,
    9,
    0,
    15,
    ...new TextEncoder().encode("no rule"),
  ]);
});

Deno.test("bareAnswer() answers what has only a header", () => {
  const answer = bareAnswer(Uint8Array.of(1, 2, 0x29, 0, 9, 9, 9, 9, 9, 9, 9, 9), 4);
  assertEquals([...answer], [1, 2, 0xa9, 0x84, 0, 0, 0, 0, 0, 0, 0, 0]);
  assertEquals(readHeader(answer)?.opcode, 5);
});

Deno.test("cleanQuery() leaves nothing of a guest's but the question, its bits, and how the answer may be", () => {
  const query = read(message({
    id: 5,
    flags: 0x0130,
    name: "EXFIL.a.example",
    answers: [{ type: 16, data: [1, 0x78] }],
    additional: [{ type: 16, data: [1, 0x78], name: "secret" }],
    edns: { size: 1_400, flags: 0x8000 },
  }));
  const clean = read(cleanQuery(query));
  assertEquals([clean.id, clean.flags, clean.question], [5, 0x0130, {
    name: "exfil.a.example",
    type: 1,
    class: 1,
  }]);
  assertEquals(clean.records.length, 1);
  assertEquals(ednsOf(clean), { udpSize: 1_400, dnssecOk: true });
  assertEquals(new TextDecoder().decode(clean.bytes).includes("secret"), false);
  assertEquals(read(cleanQuery(read(message({})))).records, []);
});

Deno.test("fitting() keeps whole records that fit, says that it cut, and keeps EDNS", () => {
  const answers = Array.from({ length: 100 }, (_, index) => ({ type: 1, data: address(`192.0.2.${index}`) }));
  const large = message({
    flags: 0x8180,
    answers,
    authority: [{ type: 2, data: [0xc0, 12] }],
    edns: { size: 4_096 },
  });
  assertEquals(fitting(large, large.length), large);
  const cut = fitting(large, 512);
  assertTrue(cut.length <= 512 && cut.length > 480);
  const found = read(cut);
  assertEquals(found.flags & 0x0200, 0x0200);
  assertEquals(found.records.at(-1)?.type, 41);
  assertEquals(found.records.length, 30);
  const one = message({ flags: 0x8180, type: 16, answers: [{ type: 16, data: Array(900).fill(1) }] });
  assertEquals(read(fitting(one, 512)).records, []);
});

Deno.test("udpLimit() is what EDNS says, and never below 512", () => {
  const limit = (size?: number) => udpLimit(read(message(size === undefined ? {} : { edns: { size } })));
  assertEquals([limit(), limit(100), limit(1_232), limit(65_535)], [512, 512, 1_232, 65_535]);
});
