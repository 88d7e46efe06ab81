import { assertEquals, assertThrows } from "../../tests/harness/assert.ts";
import { findUser, UnknownUserError } from "./passwd.ts";

const passwd =
  "root:x:0:0:root:/root:/bin/sh\nbad line\nweb:x:33:33::/srv/web:/bin/false\n12:x:500:500::/twelve:/bin/sh\n";
const group = "root:x:0:\nweb:x:33:\nlog:x:40:web,root\nshared:x:33:web\n";

/** A user but for the shell. */
function identity(...words: Parameters<typeof findUser>) {
  const { uid, gid, groups, home } = findUser(...words);
  return { uid, gid, groups, home };
}

Deno.test("findUser() knows the shell that passwd names", () => {
  assertEquals(["root", "web", "4711"].map((name) => findUser(name, passwd, group).shell), [
    "/bin/sh",
    "/bin/false",
    undefined,
  ]);
});

Deno.test("findUser() takes root when nobody is named", () => {
  assertEquals(identity("", passwd, group), { uid: 0, gid: 0, groups: [0, 40], home: "/root" });
  assertEquals(identity("", "", ""), { uid: 0, gid: 0, groups: [0], home: "/" });
});

Deno.test("findUser() knows names, numbers and supplementary groups, the primary one among them once", () => {
  assertEquals(identity("web", passwd, group), { uid: 33, gid: 33, groups: [33, 40], home: "/srv/web" });
  assertEquals(identity("33", passwd, group), { uid: 33, gid: 33, groups: [33, 40], home: "/srv/web" });
});

Deno.test("findUser() takes a named group alone", () => {
  assertEquals(identity("web:log", passwd, group), { uid: 33, gid: 40, groups: [40], home: "/srv/web" });
  assertEquals(identity("web:77", passwd, group).gid, 77);
});

Deno.test("findUser() takes a number that nobody has as it is", () => {
  assertEquals(identity("4711", passwd, group), { uid: 4711, gid: 0, groups: [0], home: "/" });
});

Deno.test("findUser() takes a number for an id, also where a user or group is called by it", () => {
  assertEquals(identity("12", passwd, group), { uid: 12, gid: 0, groups: [0], home: "/" });
  assertEquals(identity("web:12", passwd, "12:x:0:\n").gid, 12);
});

Deno.test("findUser() says who is not there", () => {
  assertThrows(() => findUser("nobody", passwd, group), UnknownUserError, 'no user "nobody" in /etc/passwd');
  assertThrows(() => findUser("web:none", passwd, group), UnknownUserError, 'no group "none" in /etc/group');
  assertThrows(() => findUser("0:0:0", passwd, group), UnknownUserError, '"0:0:0" is not USER[:GROUP]');
  for (const word of ["4294967295", "4294967296", "9999999999", "-1"]) {
    for (const spec of [word, `0:${word}`]) {
      assertThrows(() => findUser(spec, passwd, group), UnknownUserError, `id ${word} is not between 0 and`);
    }
  }
});

Deno.test("findUser() takes every id that Linux has, also above Docker's 2147483647", () => {
  assertEquals(identity("2147483648:4294967294", passwd, group), {
    uid: 2147483648,
    gid: 4294967294,
    groups: [4294967294],
    home: "/",
  });
  const high = "far:x:4294967294:3000000000::/far:/bin/sh\n";
  assertEquals(identity("far", high, ""), {
    uid: 4294967294,
    gid: 3000000000,
    groups: [3000000000],
    home: "/far",
  });
  assertEquals(identity("+33", passwd, group).home, "/srv/web");
});

Deno.test("findUser() takes a group alone for root's group, and an empty one for none", () => {
  assertEquals(identity(":5", passwd, group), { uid: 0, gid: 5, groups: [5], home: "/root" });
  assertEquals(identity("web:", passwd, group).groups, [33, 40]);
  assertEquals(identity(":", passwd, group).uid, 0);
});

Deno.test("findUser() reads lines with carriage returns, signs, missing fields and no end", () => {
  const odd = [
    "# root:x:7:7::/comment:/bin/sh\r",
    "\r",
    "+1000",
    "+@admins::::::",
    "-mallory:x:::::",
    "damaged:x:no:0::/damaged:/bin/sh",
    "empty:x:::::",
    "root:x:0:0:root:/root\r",
    "sign:x:+1000:+1001::/home/sign:/bin/sh\r",
    "short:x:1002",
    "homeless:x:1003:1003:::",
    "sign:x:1004:1004::/second:/bin/sh",
    `long:x:1005:1005:${"g".repeat(100_000)}:/long:/bin/sh`,
    "first.last@corp:x:1006:1006::/dots:/bin/sh",
    "host$:x:1007:1007::/dollar:/bin/sh",
    "last:x:1008:1008::/last",
  ].join("\n");
  const groups = "wheel:x:10:root,sign\r\nvideo:x:+44:sign\r\n+:::\nnone:x:no:sign";
  const found = (spec: string) => {
    const { uid, gid, home } = findUser(spec, odd, groups);
    return [uid, gid, home];
  };
  assertEquals(found(""), [0, 0, "/root"]);
  assertEquals(identity("sign", odd, groups), {
    uid: 1000,
    gid: 1001,
    groups: [1001, 10, 44],
    home: "/home/sign",
  });
  assertEquals(found("1000"), [1000, 1001, "/home/sign"]);
  assertEquals(found("short"), [1002, 0, "/"]);
  assertEquals(found("homeless"), [1003, 1003, "/"]);
  assertEquals(found("long"), [1005, 1005, "/long"]);
  assertEquals(found("first.last@corp:video"), [1006, 44, "/dots"]);
  assertEquals(found("host$"), [1007, 1007, "/dollar"]);
  assertEquals(found("last"), [1008, 1008, "/last"]);
  // Docker would make these root.
  for (const name of ["damaged", "empty", "-mallory"]) {
    assertThrows(() => findUser(name, odd, groups), UnknownUserError, `no user "${name}"`);
  }
});
