import { assertEquals, assertThrows } from "../../tests/harness/assert.ts";
import { SmolvmError } from "../error.ts";
import { WatchedProcess } from "./watched_process.ts";

/** A shell that runs a script and has nothing of this process's environment. */
function shell(script: string): WatchedProcess {
  return new WatchedProcess("the helper", { program: "/bin/sh", args: ["-c", script], env: {} }, "null");
}

Deno.test("WatchedProcess tells a code or a signal, once all of stderr was read", async () => {
  const spoken = shell("echo one >&2; echo two >&2; exit 3");
  assertEquals(await spoken.ended, { code: 3, signal: null });
  assertEquals(spoken.tail.lines(2), ["one", "two"]);
  const killed = shell("exec sleep 100");
  killed.kill();
  assertEquals(await killed.ended, { code: null, signal: "SIGKILL" });
  killed.kill();
});

Deno.test("WatchedProcess gives its environment and nothing more, and a session of its own", async () => {
  const { program, env } = { program: "/bin/sh", env: { ONLY: "this" } };
  const script = 'tr "\\0" "\\n" < /proc/$$/environ >&2; cut -d" " -f6 /proc/$$/stat >&2; pwd >&2';
  const process = new WatchedProcess("the helper", { program, args: ["-c", script], env }, "null");
  await process.ended;
  assertEquals(process.tail.lines(9), ["ONLY=this", String(process.child.pid), "/"]);
});

Deno.test("WatchedProcess names what cannot be started", () => {
  const command = { program: "/no/such/program", args: [], env: {} };
  const error = assertThrows(() => new WatchedProcess("the file server", command, "null"), SmolvmError);
  assertEquals([error.kind, error.action, error.subject], [
    "engine",
    "start the file server",
    "/no/such/program",
  ]);
});
