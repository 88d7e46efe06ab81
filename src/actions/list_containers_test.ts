import { assertEquals } from "../../tests/harness/assert.ts";
import { containerState, containerTitle } from "./list_containers.ts";

const run = { startedAt: "2026-01-01T00:00:00Z" };
const at = "2026-01-01T00:00:01Z";

Deno.test("containerState() tells what runs from what its VM took with it", () => {
  assertEquals(containerState(undefined, true), { state: "created" });
  assertEquals(containerState(run, true), { state: "running" });
  assertEquals(containerState(run, false), { state: "stopped", exitCode: null, reason: "its VM ended" });
  assertEquals(containerState({ ...run, end: { at, exitCode: 3 } }, true), { state: "stopped", exitCode: 3 });
});

Deno.test("containerTitle() is the name, or the id of one without", () => {
  assertEquals([containerTitle({ id: "12", name: "web" }), containerTitle({ id: "12" })], ["web", "12"]);
});
