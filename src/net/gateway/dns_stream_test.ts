import { assertEquals, assertRejects } from "../../../tests/harness/assert.ts";
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
  await stream.write(new Uint8Array(Array.from({ length: 40 }, () => [...message(1)]).flat()));
  const into = new Uint8Array(3);
  for (let count = 0; count < 40; count++) assertEquals(await stream.read(into), 3);
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
