import { assertEquals, assertThrows, assertTrue } from "../../tests/harness/assert.ts";
import { deviceSteps } from "./devices.ts";
import { UnsupportedSpecError } from "./runtime_spec.ts";

Deno.test("deviceSteps() makes the nodes and links that the specification demands", () => {
  const steps = deviceSteps();
  const nodes = steps.flatMap((step) =>
    step.op === "mknod" ? [`${step.path} ${step.major}:${step.minor}`] : []
  );
  assertEquals(nodes, [
    "/dev/null 1:3",
    "/dev/zero 1:5",
    "/dev/full 1:7",
    "/dev/random 1:8",
    "/dev/urandom 1:9",
    "/dev/tty 5:0",
  ]);
  assertTrue(steps.some((step) => step.op === "symlink" && step.path === "/dev/ptmx"));
});

Deno.test("deviceSteps() makes a spec's nodes with their mode and owner, one in place of a default", () => {
  const steps = deviceSteps([
    { type: "b", path: "/dev/disk/a", major: 8, minor: 1, fileMode: 0o640, uid: 5, gid: 6 },
    { type: "c", path: "/dev/null", major: 1, minor: 3, fileMode: 0o600 },
  ]);
  const at = steps.findIndex((step) => step.op === "mkdir");
  assertEquals(steps.slice(at, at + 3), [
    { op: "mkdir", path: "/dev/disk", mode: 0o755 },
    { op: "mknod", path: "/dev/disk/a", mode: 0o060640, major: 8, minor: 1 },
    { op: "chown", path: "/dev/disk/a", uid: 5, gid: 6 },
  ]);
  const nulls = steps.filter((step) => step.op === "mknod" && step.path === "/dev/null");
  assertEquals(nulls, [{ op: "mknod", path: "/dev/null", mode: 0o020600, major: 1, minor: 3 }]);
});

Deno.test("deviceSteps() refuses a type that is none", () => {
  assertThrows(
    () => deviceSteps([{ type: "x", path: "/dev/x" }]),
    UnsupportedSpecError,
    "x is not supported",
  );
});
