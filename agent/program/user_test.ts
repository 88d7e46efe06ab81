import { assertEquals, assertThrows } from "../../tests/harness/assert.ts";
import { LaunchError } from "./prepared.ts";
import { resolveUser, shellOf } from "./user.ts";

/** A root with these files in /etc. */
function withRoot(files: Readonly<Record<string, string>>, test: (root: string) => void): void {
  const root = Deno.makeTempDirSync();
  try {
    Deno.mkdirSync(`${root}/etc`);
    for (const [name, text] of Object.entries(files)) Deno.writeTextFileSync(`${root}/etc/${name}`, text);
    test(root);
  } finally {
    Deno.removeSync(root, { recursive: true });
  }
}

function test(name: string, fn: () => void): void {
  Deno.test({ name, ignore: Deno.build.os !== "linux", fn });
}

test("resolveUser() reads the root's own passwd and group", () => {
  withRoot({ passwd: "web:x:33:34::/srv:/bin/sh\n", group: "log:x:40:web\n" }, (root) => {
    assertEquals(resolveUser(root, "web"), {
      uid: 33,
      gid: 34,
      groups: [34, 40],
      home: "/srv",
      shell: "/bin/sh",
    });
  });
});

test("shellOf() is the user's shell, and /bin/sh where there is none or it lets nobody in", () => {
  const user = { uid: 1, gid: 1, groups: [], home: "/" };
  assertEquals(["/bin/bash", "/sbin/nologin", "/bin/false"].map((shell) => shellOf({ ...user, shell })), [
    "/bin/bash",
    "/bin/sh",
    "/bin/sh",
  ]);
  assertEquals(shellOf(user), "/bin/sh");
});

test("resolveUser() does with a root that has neither", () => {
  withRoot({}, (root) => {
    assertEquals(resolveUser(root, "").uid, 0);
    const error = assertThrows(() => resolveUser(root, "web"), LaunchError);
    assertEquals([error.exitCode, error.reason], [125, 'no user "web" in /etc/passwd']);
  });
});

test("resolveUser() refuses a root whose passwd is not a file", () => {
  withRoot({}, (root) => {
    Deno.mkdirSync(`${root}/etc/passwd`);
    const error = assertThrows(() => resolveUser(root, "web"), LaunchError);
    assertEquals([error.exitCode, error.reason], [125, "/etc/passwd is not a regular file"]);
  });
});

test("resolveUser() says what the system said of a root that is not there", () => {
  const error = assertThrows(() => resolveUser("/no/such/root", "web"), LaunchError);
  assertEquals(error.exitCode, 125);
  assertEquals(error.reason.startsWith("open /no/such/root: "), true);
});
