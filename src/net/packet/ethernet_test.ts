import { assertEquals } from "../../../tests/harness/assert.ts";
import { EtherType, isFor, isMulticast, putEthernet } from "./ethernet.ts";
import { macBytes } from "./ip_address.ts";

Deno.test("putEthernet() writes destination, source and type, and isFor() finds the station again", () => {
  const [destination, source] = [macBytes("02:00:00:00:00:09"), macBytes("5a:94:ef:e4:0c:01")];
  const frame = new Uint8Array(16);
  assertEquals(putEthernet(frame, 1, { destination, source, type: EtherType.ipv6 }), 15);
  assertEquals(frame.subarray(1, 15).toHex(), "020000000009" + "5a94efe40c01" + "86dd");
  assertEquals([isFor(frame, 1, destination), isFor(frame, 1, source)], [true, false]);
});

Deno.test("isMulticast() sees groups and broadcast", () => {
  const multicast = (mac: string) => isMulticast(macBytes(mac), 0);
  assertEquals(["ff:ff:ff:ff:ff:ff", "33:33:00:00:00:01", "5a:94:ef:e4:0c:01"].map(multicast), [
    true,
    true,
    false,
  ]);
});
