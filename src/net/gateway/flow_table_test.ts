import { assertEquals } from "../../../tests/harness/assert.ts";
import { parseIpv4 } from "../packet/ip_packet.ts";
import { FlowTable } from "./flow_table.ts";

const packet = Uint8Array.fromHex(
  "45000018" + "00004000" + "40060000" + "0a00020f" + "01020304" + "04d20050",
);

Deno.test("keyOf() is addresses and ports, and find() finds by it", () => {
  const table = new FlowTable<{ key: Uint8Array }>([1, 2]);
  const parsed = parseIpv4(packet, 0, packet.length);
  if (!parsed) throw new Error("no packet");
  const key = table.keyOf(packet, parsed);
  assertEquals(key.toHex(), "0a00020f" + "01020304" + "04d20050");
  assertEquals(table.find(key), undefined);
  const flow = { key: key.slice() };
  table.add(flow);
  assertEquals(table.find(table.keyOf(packet, parsed)), flow);
  assertEquals(table.find(key.with(11, 0x51)), undefined);
});

Deno.test("a table holds each flow once, and forgets it", () => {
  const table = new FlowTable<{ key: Uint8Array }>([3, 4]);
  const flows = Array.from({ length: 500 }, (_, port) => ({ key: new Uint8Array([1, 2, port >> 8, port]) }));
  for (const flow of flows) table.add(flow);
  assertEquals([table.size, [...table].length], [500, 500]);
  for (const flow of flows) assertEquals(table.find(flow.key), flow);
  for (const flow of [...flows, ...flows]) table.delete(flow);
  assertEquals([table.size, [...table].length], [0, 0]);
});
