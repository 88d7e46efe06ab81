import { assertEquals } from "../../tests/harness/assert.ts";
import { execSteps } from "./exec.ts";

const user = { uid: 33, gid: 33, groups: [33, 40], home: "/srv" };
const request = {
  kind: "exec",
  argv: ["id", "-u"],
  env: ["A=b"],
  cwd: "",
  user: "web",
  stdin: false,
  timeoutMilliseconds: 0,
} as const;

Deno.test("execSteps() joins the cgroup first, leads a session of its own, and has only the user's rights", () => {
  assertEquals(
    execSteps({ ...request, argv: [...request.argv], env: [...request.env] }, user, "/cgroups/exec-1"),
    [
      { op: "write", path: "/cgroups/exec-1/cgroup.procs", text: "0" },
      { op: "setsid" },
      { op: "write", path: "/proc/self/oom_score_adj", text: "0" },
      { op: "umask", mask: 0o022 },
      { op: "rlimit", resource: 7, soft: 1_024n, hard: 1_048_576n },
      { op: "chdir", path: "/" },
      { op: "ids", uid: 33, gid: 33, groups: [33, 40] },
      {
        op: "exec",
        argv: ["id", "-u"],
        env: ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME=/srv", "A=b"],
      },
    ],
  );
});
