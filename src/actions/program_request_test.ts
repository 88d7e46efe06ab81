import { assertEquals, assertThrows } from "../../tests/harness/assert.ts";
import { SmolvmError } from "../error.ts";
import { programRequest } from "./program_request.ts";

const host = { environment: { TERM: "xterm" } };

Deno.test("programRequest() copies the host's variables, and leaves to the guest what was not said", () => {
  assertEquals(programRequest({ argv: ["id"], env: ["A=1", "TERM", "ABSENT", "A=2"] }, host), {
    argv: ["id"],
    env: ["A=1", "TERM=xterm", "A=2"],
    cwd: "",
    user: "",
    stdin: false,
    timeoutMilliseconds: 0,
  });
});

Deno.test("programRequest() refuses what the guest could not be told", () => {
  assertThrows(
    () => programRequest({ argv: ["id"], cwd: "srv" }, host),
    SmolvmError,
    "working directory srv",
  );
  assertThrows(() => programRequest({ argv: ["id"], env: ["=1"] }, host), SmolvmError, "it has no name");
  assertThrows(() => programRequest({ argv: ["id", "x".repeat(2 ** 20)] }, host), SmolvmError, "bytes");
});
