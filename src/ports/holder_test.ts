import { assertEquals } from "../../tests/harness/assert.ts";
import { holderOf, inodesOf } from "./holder.ts";

const table = [
  "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode",
  "   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4711 1 0000000000000000 100 0 0 10 0",
  "   1: 0100007F:1F90 0100007F:C001 01 00000000:00000000 00:00000000 00000000     0        0 4712 1 0000000000000000 20 4 0 10 -1",
  "   2: 00000000:0050 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4713 1 0000000000000000 100 0 0 10 0",
].join("\n");

Deno.test("inodesOf() finds sockets that listen on a port, and no connections of it", () => {
  assertEquals([inodesOf(table, 8080, "0A"), inodesOf(table, 80, "0A"), inodesOf(table, 81, "0A")], [
    ["4711"],
    ["4713"],
    [],
  ]);
});

Deno.test({
  name: "holderOf() finds the process that listens",
  ignore: Deno.build.os !== "linux",
  fn: () => {
    using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const holder = holderOf(listener.addr.port, "tcp");
    assertEquals([holder?.pid, holder?.words[0]?.includes("deno")], [Deno.pid, true]);
    assertEquals(holderOf(listener.addr.port, "udp"), undefined);
  },
});
