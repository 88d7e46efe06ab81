import { assertEquals } from "../../../tests/harness/assert.ts";
import { SmolvmError } from "../../error.ts";
import { renderError } from "./render_error.ts";

Deno.test("renderError() says what, on what, why, and what to do", () => {
  const error = new SmolvmError("image", {
    action: "pull",
    subject: "alpine:nope",
    reason: "there is no such tag",
    remedy: "see the tags",
  });
  assertEquals(renderError(error), {
    text: "cannot pull alpine:nope: there is no such tag; see the tags",
    exitCode: 125,
  });
});

Deno.test("renderError() keeps an error's own exit code and takes control bytes out", () => {
  const error = new SmolvmError("process", {
    action: "run",
    subject: "\x1b[31mx\x07",
    reason: "gone",
    exitCode: 127,
  });
  assertEquals(renderError(error), { text: "cannot run x: gone", exitCode: 127 });
});

Deno.test("renderError() puts what the system said in words, with what helps", () => {
  try {
    Deno.writeFileSync("/dev/full", new Uint8Array(1));
  } catch (cause) {
    const reason = (cause as Error).message;
    const error = new SmolvmError("state", { action: "supervise the machine", reason, cause });
    assertEquals(
      renderError(error).text,
      "cannot supervise the machine: no space is left on the disk; " +
        "free some, or set SMOLVM_HOME to a folder on another disk",
    );
  }
});

Deno.test("renderError() owns up to a defect", () => {
  assertEquals(renderError(new TypeError("x is undefined")).exitCode, 125);
  assertEquals(renderError("boom").text.startsWith("internal error: boom"), true);
});
