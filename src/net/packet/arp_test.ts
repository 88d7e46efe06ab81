import { assertEquals } from "../../../tests/harness/assert.ts";
import { ARP_FRAME_BYTES, asksFor, putArpReply } from "./arp.ts";
import { addressBytes, macBytes } from "./ip_address.ts";

const gateway = addressBytes("10.0.2.2");
/** Who has 10.0.2.2? Tell 10.0.2.15. */
const request = Uint8Array.fromHex(
  "0001" + "0800" + "0604" + "0001" + "5a94efe40c02" + "0a00020f" + "000000000000" + "0a000202",
);

Deno.test("asksFor() wants a whole request for that address", () => {
  assertEquals(asksFor(request, 0, request.length, gateway), true);
  assertEquals(asksFor(request, 0, request.length, addressBytes("10.0.2.3")), false);
  for (let end = 0; end < request.length; end++) assertEquals(asksFor(request, 0, end, gateway), false);
  for (const at of [1, 3, 4, 5, 7]) {
    const wrong = request.slice();
    wrong[at] = 9;
    assertEquals(asksFor(wrong, 0, wrong.length, gateway), false);
  }
});

Deno.test("putArpReply() tells the asker, and it alone", () => {
  const frame = new Uint8Array(ARP_FRAME_BYTES);
  putArpReply(frame, 0, { request, mac: macBytes("5a:94:ef:e4:0c:01") });
  assertEquals(
    frame.toHex(),
    "5a94efe40c02" + "5a94efe40c01" + "0806" +
      "0001" + "0800" + "0604" + "0002" + "5a94efe40c01" + "0a000202" + "5a94efe40c02" + "0a00020f",
  );
});
