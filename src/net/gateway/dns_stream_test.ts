import { assertEquals, assertRejects, assertTrue } from "../../../tests/harness/assert.ts";
import { settled } from "../../../tests/harness/stand_in_clock.ts";
import { DnsStream } from "./dns_stream.ts";

/** Answers a question of n bytes by n bytes of n; to one that begins with 0 there is no answer. */
const names = {
  answer: (query: Uint8Array) =>
    Promise.resolve(query[0] === 0 ? undefined : new Uint8Array(query.length).fill(query.length)),
};
const message = (length: number, first = 1) => {
  const bytes = new Uint8Array(2 + length);
  new DataView(bytes.buffer).setUint16(0, length);
  bytes[2] = first;
  return bytes;
};

async function readAll(stream: DnsStream): Promise<string> {
  let text = "";
  const into = new Uint8Array(5);
  for (let count = await stream.read(into); count !== null; count = await stream.read(into)) {
    text += into.subarray(0, count).toHex();
  }
  return text;
}

Deno.test("messages are answered, cut as they like, and the end comes behind the last answer", async () => {
  const stream = new DnsStream(names);
  const bytes = new Uint8Array([...message(3), ...message(1), ...message(2)]);
  for (const byte of bytes) assertEquals(await stream.write(new Uint8Array([byte])), 1);
  await stream.closeWrite();
  assertEquals(await readAll(stream), "0003030303" + "000101" + "00020202");
});

Deno.test("forty questions at once are answered, sixteen at a time", async () => {
  let [now, most] = [0, 0];
  const slow = {
    answer: async (query: Uint8Array) => {
      most = Math.max(most, ++now);
      await new Promise((resolve) => setTimeout(resolve, 1));
      now--;
      return query;
    },
  };
  const stream = new DnsStream(slow);
  const writing = stream.write(new Uint8Array(Array.from({ length: 40 }, () => [...message(1)]).flat()));
  const into = new Uint8Array(3);
  for (let count = 0; count < 40; count++) assertEquals(await stream.read(into), 3);
  assertEquals(await writing, 120);
  assertEquals(most, 16);
  stream.close();
});

Deno.test("what is no question ends the connection, and a closed one takes no more", async () => {
  const stream = new DnsStream(names);
  await stream.write(message(4, 0));
  assertEquals(await stream.read(new Uint8Array(9)), null);
  stream.reset();
  await assertRejects(() => stream.write(message(1)), Deno.errors.BrokenPipe);
});

Deno.test("a stream of what is no question is not looked at behind the first ones", async () => {
  let asked = 0;
  const none = {
    answer: () => {
      asked++;
      return Promise.resolve(undefined);
    },
  };
  let over = 0;
  const stream = new DnsStream(none, () => over++);
  for (let round = 0; round < 4; round++) assertEquals(await stream.write(new Uint8Array(65_536)), 65_536);
  assertEquals(await stream.read(new Uint8Array(9)), null);
  assertTrue(asked <= 16, `${asked} were asked`);
  stream.close();
  stream.reset();
  assertEquals(over, 1);
});

Deno.test("while answers are not read no more than 64 KiB of them are asked for", async () => {
  let asked = 0;
  const long = {
    answer: () => {
      asked++;
      return Promise.resolve(new Uint8Array(20_000));
    },
  };
  const stream = new DnsStream(long);
  let written = false;
  const writing = (async () => {
    for (let count = 0; count < 20; count++) await stream.write(message(1)), await settled(1);
    written = true;
  })();
  await settled();
  assertEquals([asked, written], [4, false]);
  const into = new Uint8Array(20_002);
  for (let count = 0; count < 20; count++) assertEquals(await stream.read(into), 20_002), await settled(1);
  await writing;
  assertEquals(asked, 20);
  stream.close();
});
