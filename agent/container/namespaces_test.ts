import { assertEquals, assertThrows, assertTrue } from "../../tests/harness/assert.ts";
import { hasNew, namespacesOf, namespaceSteps } from "./namespaces.ts";
import { UnsupportedSpecError } from "./runtime_spec.ts";

Deno.test("namespaceSteps() makes all new namespaces in one call", () => {
  assertEquals(namespaceSteps([{ type: "mount" }, { type: "pid" }, { type: "network" }]), [
    { op: "unshare", flags: 0x0002_0000 | 0x2000_0000 | 0x4000_0000 },
  ]);
  assertEquals(namespaceSteps([]), []);
});

Deno.test("namespaceSteps() opens every path before it enters one, the mount namespace last, then makes new ones", () => {
  const steps = namespaceSteps([
    { type: "mount", path: "/m" },
    { type: "ipc" },
    { type: "network", path: "/n" },
  ]);
  assertEquals(steps, [
    { op: "open", slot: 0, path: "/n" },
    { op: "open", slot: 1, path: "/m" },
    { op: "setns", slot: 0, type: 0x4000_0000 },
    { op: "setns", slot: 1, type: 0x0002_0000 },
    { op: "unshare", flags: 0x0800_0000 },
  ]);
});

Deno.test("namespaceSteps() refuses a type that is not known", () => {
  assertThrows(() => namespaceSteps([{ type: "user" }]), UnsupportedSpecError, "user is not supported");
});

Deno.test("namespacesOf() names the six files of a process", () => {
  const paths = namespacesOf(7).map(({ path }) => path);
  assertEquals(paths.length, 6);
  assertTrue(paths.includes("/proc/7/ns/net") && paths.includes("/proc/7/ns/mnt"));
});

Deno.test("hasNew() tells a new namespace from one that is joined", () => {
  assertEquals(hasNew([{ type: "network" }], "network"), true);
  assertEquals(hasNew([{ type: "network", path: "/n" }], "network"), false);
  assertEquals(hasNew([], "network"), false);
});
