import { assertEquals } from "../../tests/harness/assert.ts";
import { oomScoreStep } from "./oom_score.ts";

Deno.test("oomScoreStep() writes the launcher's own score", () => {
  assertEquals(oomScoreStep(-5), { op: "write", path: "/proc/self/oom_score_adj", text: "-5" });
});
