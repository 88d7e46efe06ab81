import { assertEquals, assertThrows } from "../../tests/harness/assert.ts";
import { HostileFileError, placeOf } from "./place.ts";

/** Places a path in a root that has these links and nothing else. */
function place(path: string, links: Readonly<Record<string, string>> = {}): string {
  return placeOf(path, (at) => links[at]);
}

Deno.test("placeOf() leaves a plain path, without what means nothing in it", () => {
  assertEquals(place("/etc//./hosts/"), "/etc/hosts");
  assertEquals(place("/"), "/");
  assertEquals(place("relative/path"), "/relative/path");
});

Deno.test("placeOf() follows links, absolute and relative, dangling ones too", () => {
  const links = { "/etc/resolv.conf": "../run/resolve/stub.conf", "/run": "/var/run", "/x": "/etc" };
  assertEquals(place("/etc/resolv.conf", links), "/var/run/resolve/stub.conf");
  assertEquals(place("/x/resolv.conf", links), "/var/run/resolve/stub.conf");
});

Deno.test("placeOf() never leads out of the root", () => {
  assertEquals(place("/../../etc/hosts"), "/etc/hosts");
  assertEquals(place("/a/hosts", { "/a": "../../../../proc" }), "/proc/hosts");
});

Deno.test("placeOf() refuses a circle", () => {
  assertThrows(() => place("/a", { "/a": "b", "/b": "/a" }), HostileFileError, "/a is a circle of links");
});
