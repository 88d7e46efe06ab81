import { assertEquals, assertTrue } from "../../../tests/harness/assert.ts";
import type { FlowRecord } from "../model/gateway_parts.ts";
import { FlowFile, readFlows } from "./flow_file.ts";

const flow = (port: number): FlowRecord => ({
  target: { protocol: "tcp", address: "198.51.100.7", port },
  verdict: { allowed: true, rule: "--net", dial: ["198.51.100.7"], inspect: false },
  began: 0,
  milliseconds: 1,
  sent: 1,
  received: 2,
  end: "closed",
});

const ports = async (path: string): Promise<(number | undefined)[]> =>
  (await Array.fromAsync(readFlows(path))).map(({ port }) => port);

Deno.test("FlowFile keeps the newest flows in two files of bounded size, and readFlows() has them in order", async () => {
  const folder = Deno.makeTempDirSync();
  const path = `${folder}/flows.jsonl`;
  assertEquals(await ports(path), []);
  {
    using file = new FlowFile(path, 2_000);
    for (let port = 1; port <= 100; port++) file.ended(flow(port));
  }
  const kept = await ports(path);
  assertEquals(kept.at(-1), 100);
  assertEquals(kept, Array.from({ length: kept.length }, (_, index) => 101 - kept.length + index));
  assertTrue(kept.length > 10);
  assertEquals([...Deno.readDirSync(folder)].map(({ name }) => name).toSorted(), [
    "flows.jsonl",
    "flows.jsonl.1",
  ]);
  assertEquals((Deno.statSync(path).mode ?? 0) & 0o777, 0o600);
  // A writer that was killed within a line, and one after it.
  Deno.writeTextFileSync(path, '{"v":1,"time', { append: true });
  {
    using file = new FlowFile(path, 2_000);
    file.ended(flow(101));
  }
  assertEquals((await ports(path)).slice(-2), [100, 101]);
  Deno.removeSync(folder, { recursive: true });
});

Deno.test("readFlows() follows the log until it is over", async () => {
  const folder = Deno.makeTempDirSync();
  const path = `${folder}/flows.jsonl`;
  using file = new FlowFile(path);
  file.ended(flow(1));
  const over = Promise.withResolvers<void>();
  const seen: (number | undefined)[] = [];
  for await (const { port } of readFlows(path, over.promise)) {
    seen.push(port);
    if (port === 1) file.ended(flow(2));
    else over.resolve();
  }
  assertEquals(seen, [1, 2]);
  Deno.removeSync(folder, { recursive: true });
});
