import { assertEquals, assertThrows } from "../../tests/harness/assert.ts";
import { MS } from "../syscalls/mount.ts";
import { mountSteps } from "./mounts.ts";
import { UnsupportedSpecError } from "./runtime_spec.ts";

Deno.test("mountSteps() reads options as flags and data, a later one over an earlier one", () => {
  const options = ["nosuid", "ro", "mode=755", "rw", "rprivate", "size=1k"];
  const { rest } = mountSteps([{ destination: "/run", type: "tmpfs", source: "t", options }]);
  assertEquals(rest, [
    { op: "mkdir", path: "/run", mode: 0o755 },
    { op: "mount", source: "t", target: "/run", type: "tmpfs", flags: MS.NOSUID, data: "mode=755,size=1k" },
  ]);
});

Deno.test("mountSteps() keeps the kernel's filesystems apart, and calls cgroups by their version", () => {
  const { kernel, rest } = mountSteps([
    { destination: "/proc", type: "proc", source: "proc" },
    { destination: "/process", type: "tmpfs" },
    { destination: "/sys/fs/cgroup", type: "cgroup", options: ["ro"] },
  ]);
  const mounted = [kernel, rest].map((steps) =>
    steps.flatMap((step) => step.op === "mount" ? [step.target] : [])
  );
  assertEquals(mounted, [["/proc", "/sys/fs/cgroup"], ["/process"]]);
  const last = kernel.at(-1);
  assertEquals(last?.op === "mount" && [last.type, last.flags], ["cgroup2", MS.RDONLY]);
});

Deno.test("mountSteps() clones what is bound, and makes folders on the way to the place only", () => {
  const { clones, rest } = mountSteps([
    { destination: "/etc/hosts", type: "bind", source: "/run/hosts", options: ["rbind", "ro"] },
    { destination: "/data", source: "/storage/data", options: ["bind"] },
  ]);
  assertEquals(clones, [
    { op: "tree", slot: 0, path: "/run/hosts", recursive: true },
    { op: "tree", slot: 1, path: "/storage/data", recursive: false },
  ]);
  assertEquals(rest, [
    { op: "mkdir", path: "/etc", mode: 0o755 },
    { op: "bind", slot: 0, target: "/etc/hosts", flags: MS.RDONLY },
    { op: "bind", slot: 1, target: "/data", flags: 0 },
  ]);
});

Deno.test("mountSteps() refuses propagation and more binds than a plan can hold", () => {
  const shared = [{ destination: "/a", type: "tmpfs", options: ["rshared"] }];
  assertThrows(() => mountSteps(shared), UnsupportedSpecError, "rshared is not supported");
  const many = Array.from(
    { length: 65 },
    (_, index) => ({ destination: `/${index}`, type: "bind", source: "/a" }),
  );
  assertThrows(() => mountSteps(many), UnsupportedSpecError, "more than 64 bind mounts (65)");
});
