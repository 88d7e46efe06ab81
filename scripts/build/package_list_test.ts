import { assertEquals, assertThrows } from "../../tests/harness/assert.ts";
import { parseDatabase } from "./apk.ts";
import { checkPackageList, packageList } from "./package_list.ts";

const packages = parseDatabase(`P:zlib
V:1.3-r0
L:Zlib
o:zlib
c:abc

P:libssl3
V:3.5-r0
L:Apache-2.0
o:openssl
c:def
`);

Deno.test("packageList() has a sorted line per package with its licence and source", () => {
  assertEquals(packageList(packages).split("\n").slice(1), [
    "libssl3\t3.5-r0\tApache-2.0\topenssl def",
    "zlib\t1.3-r0\tZlib\tzlib abc",
    "",
  ]);
});

Deno.test("checkPackageList() says what differs", () => {
  const list = packageList(packages);
  checkPackageList(list, list);
  assertThrows(() => checkPackageList(list, list.replace("1.3-r0", "1.4-r0")), Error, "1.4-r0");
  assertThrows(() => checkPackageList(list + "more\n", list), Error);
  assertThrows(() => checkPackageList(list, list + "more\n"), Error, '"more"');
});
