import { assertEquals } from "../tests/harness/assert.ts";
import { sentence, SmolvmError } from "./error.ts";

Deno.test("SmolvmError keeps its fields, its cause, and 125 unless another exit code is said", () => {
  const cause = new Error("below");
  const error = new SmolvmError("image", {
    action: "load",
    subject: "a.tar",
    reason: "it is cut off",
    cause,
  });
  assertEquals([error.kind, error.action, error.subject, error.remedy], [
    "image",
    "load",
    "a.tar",
    undefined,
  ]);
  assertEquals([error.exitCode, error.cause], [125, cause]);
  assertEquals(new SmolvmError("process", { action: "run", reason: "none", exitCode: 127 }).exitCode, 127);
});

Deno.test("sentence() makes one line of what is there", () => {
  assertEquals(sentence({ action: "boot", reason: "no kernel" }), "cannot boot: no kernel");
  assertEquals(
    sentence({ action: "pull", subject: "alpine", reason: "no network", remedy: "try again" }),
    "cannot pull alpine: no network; try again",
  );
  assertEquals(
    sentence({ action: "boot", subject: "", reason: "no kernel", remedy: "" }),
    "cannot boot: no kernel",
  );
  assertEquals(
    new SmolvmError("guest", { action: "boot", reason: "no kernel" }).message,
    "cannot boot: no kernel",
  );
});
