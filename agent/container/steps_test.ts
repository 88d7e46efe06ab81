import { assertEquals, assertTrue } from "../../tests/harness/assert.ts";
import type { Step } from "../launch/plan.ts";
import { containerSteps, parents } from "./steps.ts";

const plan = {
  root: "/run/smolvm/containers/x/root",
  cgroup: "/sys/fs/cgroup/container-x",
  hostname: "box",
  user: { uid: 0, gid: 0, groups: [], home: "/root" },
  cwd: "/srv/app",
  argv: ["true"],
  env: [],
  init: false,
  binds: [{ source: "/run/hosts", target: "/etc/hosts" }],
  arch: "x86_64",
} as const;

const ops = (steps: readonly Step[]): string[] => steps.map((step) => step.op);

Deno.test("containerSteps() joins the cgroup before anything else, and the namespaces before it forks", () => {
  assertEquals(ops(containerSteps(plan)).slice(0, 3), ["write", "unshare", "fork"]);
});

Deno.test("containerSteps() clones what is bound before the VM's root is out of sight", () => {
  const order = ops(containerSteps(plan));
  assertTrue(order.indexOf("tree") < order.indexOf("pivot"));
  assertTrue(order.indexOf("pivot") < order.indexOf("bind"));
});

Deno.test("containerSteps() binds what lies deeper later, so that nothing is hidden", () => {
  const binds = [{ source: "/hosts", target: "/etc/hosts" }, { source: "/volume", target: "/etc" }];
  const bound = containerSteps({ ...plan, binds }).filter((step) => step.op === "tree" || step.op === "bind");
  assertEquals(bound.map((step) => step.op === "tree" ? step.path : step.op === "bind" && step.target), [
    "/volume",
    "/hosts",
    "/etc",
    "/etc/hosts",
  ]);
});

Deno.test("containerSteps() masks while /dev is its own: a volume over it could be anything", () => {
  const steps = containerSteps({ ...plan, binds: [{ source: "/volume", target: "/dev" }] });
  const mask = steps.findLastIndex((step) => step.op === "mount" && step.source === "/dev/null");
  assertTrue(mask > 0 && mask < steps.findIndex((step) => step.op === "bind"));
});

Deno.test("containerSteps() gives up privileges in the order that lets each be given up", () => {
  const order = ops(containerSteps(plan));
  const wanted = ["bounding", "seccomp", "ids", "capset", "exec"];
  assertEquals(order.filter((op) => wanted.includes(op)), wanted);
  assertEquals(order.at(-1), "exec");
});

Deno.test("containerSteps() gives another user no capabilities", () => {
  const user = { uid: 33, gid: 33, groups: [], home: "/" };
  assertTrue(!ops(containerSteps({ ...plan, user })).includes("capset"));
});

Deno.test("containerSteps() becomes an init right before the program, when asked", () => {
  assertEquals(ops(containerSteps({ ...plan, init: true })).slice(-2), ["init", "exec"]);
  assertTrue(!ops(containerSteps(plan)).includes("init"));
});

Deno.test("parents() names every folder from the root down", () => {
  assertEquals(parents("/a/./b//c/"), ["/a", "/a/b", "/a/b/c"]);
  assertEquals(parents("/"), []);
});
