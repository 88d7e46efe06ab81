import { assertEquals, assertThrows, assertTrue } from "../../tests/harness/assert.ts";
import type { Step } from "../launch/plan.ts";
import { dockerDefaults } from "./docker_defaults.ts";
import { type RuntimeSpec, UnsupportedSpecError } from "./runtime_spec.ts";
import { steps } from "./steps.ts";
import config from "./testdata/config.json" with { type: "json" };

const wanted = {
  root: "/run/smolvm/containers/x/root",
  cgroupsPath: "/container-x",
  hostname: "box",
  user: { uid: 0, gid: 0, groups: [], home: "/root" },
  cwd: "/srv/app",
  args: ["true"],
  env: [],
  binds: [{ source: "/run/hosts", target: "/etc/hosts" }],
  memoryLimit: 1 << 20,
  arch: "x86_64",
} as const;

const plan = (change: Partial<Parameters<typeof dockerDefaults>[0]> = {}) =>
  steps(dockerDefaults({ ...wanted, ...change }));

const ops = (list: readonly Step[]): string[] => list.map((step) => step.op);

Deno.test("steps() makes the plan of a config.json that another engine could have written", () => {
  const bind = { op: "mount", target: "/proc/sys", type: "", ignoreMissing: true } as const;
  const device = (path: string, major: number, minor: number): Step => {
    return { op: "mknod", path, mode: 0o020666, major, minor };
  };
  const expected: Step[] = [
    { op: "write", path: "/sys/fs/cgroup/pods/server/cgroup.procs", text: "0" },
    { op: "open", slot: 0, path: "/proc/42/ns/net" },
    { op: "setns", slot: 0, type: 0x4000_0000 },
    { op: "unshare", flags: 0x2000_0000 | 0x0002_0000 | 0x0400_0000 | 0x0800_0000 },
    { op: "fork" },
    { op: "setsid" },
    { op: "write", path: "/proc/self/oom_score_adj", text: "100" },
    { op: "umask", mask: 0 },
    { op: "mount", source: "", target: "/", type: "", flags: 16384 | 1 << 18 },
    { op: "tree", slot: 0, path: "/storage/server", recursive: true },
    { op: "pivot", root: "/srv/bundle/rootfs" },
    { op: "mkdir", path: "/proc", mode: 0o755 },
    { op: "mount", source: "proc", target: "/proc", type: "proc", flags: 0 },
    { op: "mkdir", path: "/dev", mode: 0o755 },
    { op: "mount", source: "tmpfs", target: "/dev", type: "tmpfs", flags: 2 | 1 << 24, data: "mode=755" },
    device("/dev/null", 1, 3),
    device("/dev/zero", 1, 5),
    device("/dev/full", 1, 7),
    device("/dev/random", 1, 8),
    device("/dev/urandom", 1, 9),
    device("/dev/tty", 5, 0),
    { op: "mknod", path: "/dev/fuse", mode: 0o020660, major: 10, minor: 229 },
    { op: "chown", path: "/dev/fuse", uid: 0, gid: 100 },
    { op: "symlink", target: "/proc/self/fd", path: "/dev/fd" },
    { op: "symlink", target: "/proc/self/fd/0", path: "/dev/stdin" },
    { op: "symlink", target: "/proc/self/fd/1", path: "/dev/stdout" },
    { op: "symlink", target: "/proc/self/fd/2", path: "/dev/stderr" },
    { op: "symlink", target: "/proc/kcore", path: "/dev/core" },
    { op: "symlink", target: "pts/ptmx", path: "/dev/ptmx" },
    { op: "write", path: "/proc/sys/kernel/shm_rmid_forced", text: "1" },
    { op: "mask", path: "/proc/kcore" },
    { ...bind, source: "/proc/sys", flags: 4096 | 16384 },
    { ...bind, source: "", flags: 4096 | 32 | 1 | 2 | 4 | 8 },
    { op: "mkdir", path: "/var", mode: 0o755 },
    { op: "mkdir", path: "/var/lib", mode: 0o755 },
    { op: "bind", slot: 0, target: "/var/lib/server", flags: 4 },
    { op: "mkdir", path: "/var", mode: 0o755 },
    { op: "mkdir", path: "/var/lib", mode: 0o755 },
    { op: "mkdir", path: "/var/lib/server", mode: 0o755 },
    { op: "mkdir", path: "/var/lib/server/tmp", mode: 0o755 },
    { op: "mount", source: "tmpfs", target: "/var/lib/server/tmp", type: "tmpfs", flags: 8, data: "size=1m" },
    { op: "hostname", name: "server" },
    { op: "mkdir", path: "/var", mode: 0o755 },
    { op: "mkdir", path: "/var/lib", mode: 0o755 },
    { op: "mkdir", path: "/var/lib/server", mode: 0o755 },
    { op: "mount", source: "", target: "/", type: "", flags: 4096 | 32 | 1 },
    { op: "rlimit", resource: 7, soft: 512n, hard: 2n ** 64n - 1n },
    { op: "umask", mask: 0o027 },
    { op: "chdir", path: "/var/lib/server" },
    { op: "bounding", capabilities: 1n << 10n | 1n << 5n },
    { op: "noNewPrivs" },
    { op: "ids", uid: 1000, gid: 100, groups: [5, 6] },
    { op: "exec", argv: ["/bin/server", "--port", "80"], env: ["PATH=/bin", "MODE=test"] },
  ];
  const made = steps(config);
  assertEquals(made.filter(({ op }) => op !== "seccomp"), expected);
  assertEquals(ops(made).slice(-4), ["noNewPrivs", "seccomp", "ids", "exec"]);
});

Deno.test("steps() clones what is bound before the VM's root is out of sight", () => {
  const order = ops(plan());
  assertTrue(order.indexOf("tree") < order.indexOf("pivot"));
  assertTrue(order.indexOf("pivot") < order.indexOf("bind"));
});

Deno.test("steps() masks while /dev is its own: a volume over it could be anything", () => {
  const list = plan({ binds: [{ source: "/volume", target: "/dev" }] });
  const mask = list.findLastIndex((step) => step.op === "mask");
  assertTrue(mask > 0 && mask < list.findIndex((step) => step.op === "bind"));
});

Deno.test("steps() gives up privileges in the order that lets each be given up", () => {
  const order = ops(plan());
  const given = ["bounding", "seccomp", "ids", "capset", "exec"];
  assertEquals(order.filter((op) => given.includes(op)), given);
  assertEquals(order.at(-1), "exec");
});

Deno.test("steps() becomes an init right before the program, when asked", () => {
  assertEquals(ops(steps(dockerDefaults(wanted), { init: true })).slice(-2), ["init", "exec"]);
  assertTrue(!ops(plan()).includes("init"));
});

Deno.test("steps() sets up a network that is new, and leaves alone one that is joined", () => {
  assertTrue(ops(plan()).includes("loopback"));
  assertTrue(!ops(steps(config)).includes("loopback"));
});

Deno.test("steps() refuses what would act on the VM itself, or what it does not do", () => {
  const spec = dockerDefaults(wanted);
  const refused = (change: Partial<RuntimeSpec>, words: string) =>
    assertThrows(() => steps({ ...spec, ...change }), UnsupportedSpecError, words);
  refused({ linux: {} }, "the VM's mount namespace");
  refused({ linux: { namespaces: [{ type: "mount" }] } }, "the VM's hostname");
  refused({ linux: { ...spec.linux, cgroupsPath: "relative" } }, "a relative path");
});

Deno.test("steps() makes a terminal of the container's own devpts, its console as well, before it gives up its rights", () => {
  const list = plan({ terminal: { rows: 40, columns: 120, type: "xterm" } });
  const at = (op: Step["op"]) => list.findIndex((step) => step.op === op);
  assertEquals(list[at("terminal")], { op: "terminal", rows: 40, columns: 120, console: true });
  assertTrue(list.findIndex((step) => step.op === "mount" && step.target === "/dev/pts") < at("terminal"));
  assertTrue(at("setsid") < at("terminal") && at("terminal") < at("bounding"));
  assertTrue(!ops(plan()).includes("terminal"));
});
