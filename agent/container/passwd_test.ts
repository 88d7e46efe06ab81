import { assertEquals, assertThrows } from "../../tests/harness/assert.ts";
import { findUser, UnknownUserError } from "./passwd.ts";

const passwd =
  "root:x:0:0:root:/root:/bin/sh\nbad line\nweb:x:33:33::/srv/web:/bin/false\n12:x:500:500::/twelve:/bin/sh\n";
const group = "root:x:0:\nweb:x:33:\nlog:x:40:web,root\nshared:x:33:web\n";

Deno.test("findUser() takes root when nobody is named", () => {
  assertEquals(findUser("", passwd, group), { uid: 0, gid: 0, groups: [40], home: "/root" });
  assertEquals(findUser("", "", ""), { uid: 0, gid: 0, groups: [], home: "/" });
});

Deno.test("findUser() knows names, numbers and supplementary groups", () => {
  assertEquals(findUser("web", passwd, group), { uid: 33, gid: 33, groups: [40], home: "/srv/web" });
  assertEquals(findUser("33", passwd, group), { uid: 33, gid: 33, groups: [40], home: "/srv/web" });
});

Deno.test("findUser() takes a named group alone", () => {
  assertEquals(findUser("web:log", passwd, group), { uid: 33, gid: 40, groups: [], home: "/srv/web" });
  assertEquals(findUser("web:77", passwd, group).gid, 77);
});

Deno.test("findUser() takes a number that nobody has as it is", () => {
  assertEquals(findUser("4711", passwd, group), { uid: 4711, gid: 0, groups: [], home: "/" });
});

Deno.test("findUser() prefers a name made of digits, as Docker does", () => {
  assertEquals(findUser("12", passwd, group).uid, 500);
});

Deno.test("findUser() says who is not there", () => {
  assertThrows(() => findUser("nobody", passwd, group), UnknownUserError, 'no user "nobody" in /etc/passwd');
  assertThrows(() => findUser("web:none", passwd, group), UnknownUserError, 'no group "none" in /etc/group');
  assertThrows(() => findUser("9999999999", passwd, group), UnknownUserError, "above 2147483647");
});
