import { assertEquals, assertThrows } from "../../tests/harness/assert.ts";
import { closure, parseDatabase } from "./apk.ts";

const database = parseDatabase(`P:musl
V:1.2
L:MIT
p:so:libc.so=1
F:lib
R:ld.so
a:0:0:755
Z:Q1abc=

P:busybox
V:1.37
L:GPL-2.0-only
D:so:libc.so !other
F:
F:bin
M:0:0:755
R:bbsuid
a:0:0:4111

P:client
i:busybox=1.37 so:libc.so

P:stranger
i:busybox gone

P:extra
V:1
L:MIT
D:gone
`);

Deno.test("parseDatabase() reads modes, owners and checksums", () => {
  assertEquals(database[0]?.paths[1], {
    path: "lib/ld.so",
    folder: false,
    uid: 0,
    gid: 0,
    mode: 0o755,
    sha1: "abc=",
  });
  assertEquals(database[1]?.paths.map((one) => [one.path, one.mode]), [["", 0o755], ["bin", 0o755], [
    "bin/bbsuid",
    0o4111,
  ]]);
});

Deno.test("closure() follows what packages need through what others provide, and takes who joins them", () => {
  assertEquals(closure(database, ["musl"]).map((one) => one.name), ["musl"]);
  assertEquals(closure(database, ["busybox"]).map((one) => one.name), ["musl", "busybox", "client"]);
  assertThrows(() => closure(database, ["extra"]), Error, "Cannot find package gone");
});
