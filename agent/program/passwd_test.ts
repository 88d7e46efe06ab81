import { assertEquals, assertThrows } from "../../tests/harness/assert.ts";
import { findUser, UnknownUserError } from "./passwd.ts";

const passwd =
  "root:x:0:0:root:/root:/bin/sh\nbad line\nweb:x:33:33::/srv/web:/bin/false\n12:x:500:500::/twelve:/bin/sh\n";
const group = "root:x:0:\nweb:x:33:\nlog:x:40:web,root\nshared:x:33:web\n";

Deno.test("findUser() takes root when nobody is named", () => {
  assertEquals(findUser("", passwd, group), { uid: 0, gid: 0, groups: [0, 40], home: "/root" });
  assertEquals(findUser("", "", ""), { uid: 0, gid: 0, groups: [0], home: "/" });
});

Deno.test("findUser() knows names, numbers and supplementary groups, the primary one among them once", () => {
  assertEquals(findUser("web", passwd, group), { uid: 33, gid: 33, groups: [33, 40], home: "/srv/web" });
  assertEquals(findUser("33", passwd, group), { uid: 33, gid: 33, groups: [33, 40], home: "/srv/web" });
});

Deno.test("findUser() takes a named group alone", () => {
  assertEquals(findUser("web:log", passwd, group), { uid: 33, gid: 40, groups: [40], home: "/srv/web" });
  assertEquals(findUser("web:77", passwd, group).gid, 77);
});

Deno.test("findUser() takes a number that nobody has as it is", () => {
  assertEquals(findUser("4711", passwd, group), { uid: 4711, gid: 0, groups: [0], home: "/" });
});

Deno.test("findUser() takes a number for an id, also where a user or group is called by it", () => {
  assertEquals(findUser("12", passwd, group), { uid: 12, gid: 0, groups: [0], home: "/" });
  assertEquals(findUser("web:12", passwd, "12:x:0:\n").gid, 12);
});

Deno.test("findUser() says who is not there", () => {
  assertThrows(() => findUser("nobody", passwd, group), UnknownUserError, 'no user "nobody" in /etc/passwd');
  assertThrows(() => findUser("web:none", passwd, group), UnknownUserError, 'no group "none" in /etc/group');
  assertThrows(() => findUser("9999999999", passwd, group), UnknownUserError, "above 2147483647");
});
