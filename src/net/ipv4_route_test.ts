import { assertEquals } from "../../tests/harness/assert.ts";
import { hasIpv4Route, reachesIpv4 } from "./ipv4_route.ts";

const head = "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT";
const route = (destination: string, flags: string, mask: string) =>
  `eth0\t${destination}\t0100000A\t${flags}\t0\t0\t0\t${mask}\t0\t0\t0`;

Deno.test("hasIpv4Route() takes a route to everywhere that is up and refuses nothing", () => {
  const has = (...lines: string[]) => hasIpv4Route([head, ...lines, ""].join("\n"));
  assertEquals(has(), false);
  assertEquals(has(route("0000000A", "0001", "000000FF"), route("00000000", "0003", "00000000")), true);
  assertEquals(has(route("00000000", "0201", "00000000")), false);
  assertEquals(has(route("00000000", "0002", "00000000")), false);
  assertEquals(has(route("00000000", "0001", "00000080")), false);
});

Deno.test("reachesIpv4() goes by addresses where there is no such table", () => {
  const other = Deno.networkInterfaces().some(({ family, address }) =>
    family === "IPv4" && !address.startsWith("127.") && !address.startsWith("169.254.")
  );
  assertEquals(reachesIpv4("/no/such/table"), other);
});
