import { assertEquals } from "../../tests/harness/assert.ts";
import { DEFAULT_PATH } from "../../src/text/default_path.ts";
import { completeEnvironment } from "./environment.ts";

const user = { uid: 1, gid: 1, groups: [], home: "/home/web" };

Deno.test("completeEnvironment() adds what is missing and keeps what is set", () => {
  assertEquals(completeEnvironment([], user, { hostname: "box", terminal: "xterm" }), [
    `PATH=${DEFAULT_PATH}`,
    "HOME=/home/web",
    "HOSTNAME=box",
    "TERM=xterm",
  ]);
  const own = ["PATH=/bin", "HOME=/x", "TERM=vt100"];
  assertEquals(completeEnvironment(own, user, { terminal: "xterm" }), own);
  assertEquals(completeEnvironment(["PATH=/bin", "HOME=/x", "A=1"], user), ["PATH=/bin", "HOME=/x", "A=1"]);
});

Deno.test("completeEnvironment() replaces an empty PATH or HOME, keeps other empty values, and drops malformed words", () => {
  const env = completeEnvironment(["PATH=", "A=", "=x", "nonsense"], user);
  assertEquals(env, [`PATH=${DEFAULT_PATH}`, "HOME=/home/web", "A="]);
});

Deno.test("completeEnvironment() takes the last of a repeated name", () => {
  assertEquals(completeEnvironment(["PATH=/a", "HOME=/b", "PATH=/c"], user), ["PATH=/c", "HOME=/b"]);
});
