import { assertEquals, assertThrows } from "../../tests/harness/assert.ts";
import { encodeXattrs, isKnownXattr } from "./xattrs.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

Deno.test("encodeXattrs() writes a header, and entries padded to four bytes, in the order of their names", () => {
  assertEquals(encodeXattrs(new Map()).length, 0);
  const body = encodeXattrs(new Map([["user.b", bytes("xy")], ["trusted.a", bytes("")]]));
  // e_name_len, e_name_index, e_value_size, name, value.
  assertEquals(body.toHex(), "00".repeat(12) + "01040000" + "61000000" + "01010200" + "62787900");
});

Deno.test("encodeXattrs() names ACLs by their index alone", () => {
  const body = encodeXattrs(
    new Map([["system.posix_acl_access", bytes("A")], ["system.posix_acl_default", bytes("D")]]),
  );
  assertEquals(body.subarray(12).toHex(), "0002010041000000" + "0003010044000000");
});

Deno.test("encodeXattrs() refuses what the format has no room for", () => {
  const refused = (name: string, value: Uint8Array, words: string) =>
    assertThrows(() => encodeXattrs(new Map([[name, value]])), RangeError, words);
  refused("other.x", bytes(""), "its prefix is unknown");
  refused(`user.${"n".repeat(256)}`, bytes(""), "a name of 256 bytes");
  refused("user.x", new Uint8Array(65_536), "a value of 65536 bytes");
  const five = Array.from({ length: 5 }, (_, at) => [`user.${at}`, new Uint8Array(65_000)] as const);
  assertThrows(() => encodeXattrs(new Map(five)), RangeError, "at most 262148");
});

Deno.test("isKnownXattr() wants something after a prefix, and nothing after an ACL", () => {
  for (const name of ["user.x", "trusted.overlay.opaque", "security.capability", "system.posix_acl_access"]) {
    assertEquals(isKnownXattr(name), true, name);
  }
  for (const name of ["user.", "user", "system.posix_acl_access.x", "system.nfs4_acl", ""]) {
    assertEquals(isKnownXattr(name), false, name);
  }
});
