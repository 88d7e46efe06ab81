import { assertEquals } from "../../tests/harness/assert.ts";
import { SmolvmError } from "../error.ts";
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

Deno.test("renderError() owns up to a defect", () => {
  assertEquals(renderError(new TypeError("x is undefined")).exitCode, 125);
  assertEquals(renderError("boom").text.startsWith("internal error: boom"), true);
});
