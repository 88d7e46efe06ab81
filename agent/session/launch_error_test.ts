import { assertEquals } from "../../tests/harness/assert.ts";
import { launchError } from "./launch_error.ts";

/** Exit code and reason. */
function judge(op: "exec" | "chdir" | "mount" | "setns" | undefined, errno: number, name = "tool") {
  const { exitCode, reason } = launchError({ ok: false, errno, step: op ?? "fork", op }, name);
  return [exitCode, reason];
}

Deno.test("launchError() says 127 for what is not found, 126 for what cannot be executed", () => {
  assertEquals(judge("exec", 2), [127, "not found in PATH"]);
  assertEquals(judge("exec", 2, "./tool"), [127, "no such file or directory"]);
  assertEquals(judge("exec", 20, "/etc/passwd/tool")[0], 127);
  assertEquals(judge("exec", 13), [126, "permission denied"]);
  assertEquals(judge("exec", 8), [126, "exec format error"]);
});

Deno.test("launchError() says 126 for a working directory that is none, 125 for any other step", () => {
  assertEquals(judge("chdir", 20)[0], 126);
  assertEquals(judge("mount", 16)[0], 125);
  const step = "the limit nofile=2000000:2000000";
  const { reason } = launchError({ ok: false, errno: 1, step, op: "rlimit" }, "sh");
  assertEquals(reason, `${step} is above what this VM's kernel allows`);
});

Deno.test("launchError() says which end came too soon", () => {
  assertEquals(judge("setns", 3), [125, "the container ended before the program started"]);
  assertEquals(judge(undefined, 0), [125, "the launcher ended before the program started"]);
});
