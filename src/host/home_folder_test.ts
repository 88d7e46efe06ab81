import { assertEquals } from "../../tests/harness/assert.ts";
import { homeFolder } from "./home_folder.ts";

/** A user of a host where /home/ann is Ann's, who is user 1000. */
function home(uid: number, variables: Record<string, string>): string {
  return homeFolder({
    os: "linux",
    uid,
    env: (name) => variables[name],
    userHome: () => uid === 0 ? "/root" : "/home/ann",
    look: (path) => path === "/home/ann" ? { isFolder: true, uid: 1000, mode: 0o755 } : undefined,
    lookAtLink: () => undefined,
  });
}

Deno.test("homeFolder() is HOME, or what the system knows where HOME is absent or empty", () => {
  assertEquals(home(1000, { HOME: "/elsewhere" }), "/elsewhere");
  assertEquals([home(1000, {}), home(0, { HOME: "" })], ["/home/ann", "/root"]);
});

Deno.test("homeFolder() is root's own under a sudo that has kept another user's HOME", () => {
  assertEquals(home(0, { HOME: "/home/ann", SUDO_UID: "1000" }), "/root");
  // A folder that root was given, as in a container, and one that nobody has yet.
  assertEquals(home(0, { HOME: "/home/ann" }), "/home/ann");
  assertEquals(home(0, { HOME: "/new", SUDO_UID: "1000" }), "/new");
  // sudo to a user that is not root.
  assertEquals(home(1000, { HOME: "/home/ann", SUDO_UID: "1000" }), "/home/ann");
});
