import { assertEquals, assertTrue } from "../../tests/harness/assert.ts";
import { dockerProcess } from "./docker_defaults.ts";
import { joinSteps } from "./join.ts";
import { seccompProfile } from "./seccomp_profile.ts";

const steps = joinSteps(
  dockerProcess({
    user: { uid: 0, gid: 0, groups: [0], home: "/root" },
    cwd: "/srv",
    args: ["id"],
    env: [],
    hostname: "box",
  }),
  { pid: 7, cgroupsPath: "/c/exec-1", seccomp: seccompProfile("x86_64") },
);
const ops = steps.map(({ op }) => op);

Deno.test("joinSteps() opens every namespace before it enters one, and the mounts' last", () => {
  assertTrue(ops.lastIndexOf("open") < ops.indexOf("setns"));
  const opened = steps.flatMap((step) => step.op === "open" ? [step.path] : []);
  assertEquals(opened.at(-1), "/proc/7/ns/mnt");
  assertEquals(opened.length, ops.filter((op) => op === "setns").length);
});

Deno.test("joinSteps() joins the cgroup first, forks into the pid namespace, then gives up rights", () => {
  assertEquals(steps[0], { op: "write", path: "/sys/fs/cgroup/c/exec-1/cgroup.procs", text: "0" });
  assertTrue(ops.lastIndexOf("setns") < ops.indexOf("fork") && ops.indexOf("fork") < ops.indexOf("bounding"));
  assertEquals(ops.at(-1), "exec");
});
