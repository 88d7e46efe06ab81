import { assertEquals, assertTrue } from "../../tests/harness/assert.ts";
import { joinSteps } from "./join.ts";

const steps = joinSteps(7, "/sys/fs/cgroup/c/exec-1", {
  user: { uid: 0, gid: 0, groups: [0], home: "/root" },
  cwd: "/srv",
  argv: ["id"],
  env: [],
  init: false,
  arch: "x86_64",
});
const ops = steps.map(({ op }) => op);

Deno.test("joinSteps() opens every namespace before it enters one, and the mounts' last", () => {
  assertTrue(ops.lastIndexOf("open") < ops.indexOf("setns"));
  const opened = steps.flatMap((step) => step.op === "open" ? [step.path] : []);
  assertEquals(opened.at(-1), "/proc/7/ns/mnt");
  assertEquals(opened.length, ops.filter((op) => op === "setns").length);
});

Deno.test("joinSteps() joins the cgroup first, forks into the pid namespace, then gives up rights", () => {
  assertEquals(ops[0], "write");
  assertTrue(ops.lastIndexOf("setns") < ops.indexOf("fork") && ops.indexOf("fork") < ops.indexOf("bounding"));
  assertEquals(ops.at(-1), "exec");
});
