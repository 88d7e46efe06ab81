import { assertEquals, assertThrows } from "../../tests/harness/assert.ts";
import { processSteps } from "./process_steps.ts";
import { UnsupportedSpecError } from "./runtime_spec.ts";

const process = { user: { uid: 0, gid: 0 }, args: ["id"], cwd: "/" };

Deno.test("processSteps() of a process that says nothing more gives it no capability and the agent's umask", () => {
  assertEquals(processSteps(process, {}), [
    { op: "umask", mask: 0o022 },
    { op: "chdir", path: "/" },
    { op: "bounding", capabilities: 0n },
    { op: "ids", uid: 0, gid: 0, groups: [] },
    { op: "capset", capabilities: 0n },
    { op: "exec", argv: ["id"], env: [] },
  ]);
});

Deno.test("processSteps() sets capabilities for root alone: another user's are gone with its uid", () => {
  const capabilities = { bounding: ["CAP_KILL"], permitted: ["CAP_KILL"] };
  const ops = (uid: number) =>
    processSteps({ ...process, user: { uid, gid: 0 }, capabilities }, {}).map(({ op }) => op);
  assertEquals(ops(0).includes("capset"), true);
  assertEquals(ops(33).includes("capset"), false);
});

Deno.test("processSteps() refuses capabilities that a program would pass on", () => {
  for (const set of ["inheritable", "ambient"] as const) {
    const call = () => processSteps({ ...process, capabilities: { [set]: ["CAP_KILL"] } }, {});
    assertThrows(call, UnsupportedSpecError, `process.capabilities.${set}: CAP_KILL`);
  }
});
