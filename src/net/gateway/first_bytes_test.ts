import { assertEquals } from "../../../tests/harness/assert.ts";
import type { Allowed, Judge, Verdict } from "../model/gateway_parts.ts";
import { ByteQueue } from "../tcp/byte_queue.ts";
import { ChunkPool } from "../tcp/chunk_pool.ts";
import { FirstBytes, MAX_FIRST_BYTES } from "./first_bytes.ts";

const target = { protocol: "tcp", address: "192.0.2.1", port: 443 } as const;
const allowed: Allowed = {
  allowed: true,
  rule: "--allow-host example.com",
  dial: ["192.0.2.1"],
  inspect: true,
};

/** A judge that wants so many bytes, and what it was asked. */
function made(wanted: number) {
  const asked: [number, boolean][] = [];
  const judge: Judge = {
    flow: () => allowed,
    unmade: () => {},
    firstBytes: (_target, verdict, bytes, final): Verdict | "more" => {
      asked.push([bytes.length, final]);
      return bytes.length >= wanted ? verdict : "more";
    },
  };
  const queue = new ByteQueue(new ChunkPool(2 ** 20));
  return {
    asked,
    queue,
    first: new FirstBytes(judge, target, allowed),
    say: (count: number) => queue.push(new Uint8Array(count), 0, count),
  };
}

Deno.test("nothing is asked before the first byte, and then until it is enough", () => {
  const { asked, queue, first, say } = made(10);
  assertEquals([first.judge(queue, 0, false), first.deadline], [undefined, Infinity]);
  say(4);
  assertEquals(first.judge(queue, 100, false), undefined);
  say(6);
  const found = first.judge(queue, 200, false);
  assertEquals([found?.verdict, found?.bytes.length, asked], [allowed, 10, [[4, false], [10, false]]]);
});

Deno.test("3 s after the first byte, at 16 KiB and at the guest's end what there is has to do", () => {
  const late = made(10);
  late.say(1);
  late.first.judge(late.queue, 1_000, false);
  assertEquals(late.first.deadline, 4_000);
  assertEquals(late.first.judge(late.queue, 4_000, false)?.verdict.allowed, false);
  const long = made(100_000);
  long.say(MAX_FIRST_BYTES + 9);
  assertEquals(long.first.judge(long.queue, 0, false)?.verdict.allowed, false);
  const short = made(10);
  short.say(1);
  assertEquals(short.first.judge(short.queue, 0, true)?.verdict.allowed, false);
  assertEquals([late.asked, long.asked, short.asked], [
    [[1, false], [1, true]],
    [[MAX_FIRST_BYTES, true]],
    [[1, true]],
  ]);
});

Deno.test("a guest that ends without a byte is asked nothing", () => {
  const { asked, queue, first } = made(1);
  assertEquals([first.judge(queue, 0, true)?.verdict, asked], [allowed, []]);
});
