import fc from "fast-check";
import { assertEquals, assertThrows } from "../../../tests/harness/assert.ts";
import { addressBytes, addressText, macBytes } from "./ip_address.ts";

Deno.test("addressText() writes addresses as RFC 5952 wants them", () => {
  for (
    const text of [
      "10.0.2.15",
      "0.0.0.0",
      "::",
      "::1",
      "1::",
      "2001:db8::1",
      "2001:db8:0:1:1:1:1:1",
      "2001:0:0:1::1",
      "::ffff:1.2.3.4",
      "fd8e:5c1b:7a30::15",
      "64:ff9b::102:304",
      "1:2:3:4:5:6:7:8",
    ]
  ) {
    const bytes = addressBytes(text);
    assertEquals(addressText(bytes, 0, bytes.length), text);
  }
  assertEquals(addressText(addressBytes("2001:DB8:0:0:1:0:0:1"), 0, 16), "2001:db8::1:0:0:1");
});

Deno.test("addressText() and addressBytes() are each other's inverse", () => {
  const some = fc.oneof(
    fc.uint8Array({ minLength: 4, maxLength: 4 }),
    fc.array(fc.oneof(fc.constant(0), fc.nat(255)), { minLength: 16, maxLength: 16 })
      .map((bytes) => new Uint8Array(bytes)),
  );
  fc.assert(fc.property(some, (bytes) => {
    assertEquals([...addressBytes(addressText(bytes, 0, bytes.length))], [...bytes]);
  }));
});

Deno.test("addressBytes() refuses what is no address", () => {
  for (const text of ["1.2.3", "1.2.3.256", "1.2.3.4.5", "a.b.c.d", "::g", "1::2::3", ""]) {
    assertThrows(() => addressBytes(text), TypeError);
  }
});

Deno.test("macBytes() reads a MAC", () => {
  assertEquals([...macBytes("5a:94:ef:e4:0c:01")], [0x5a, 0x94, 0xef, 0xe4, 0x0c, 0x01]);
});
