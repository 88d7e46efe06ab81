import { assertEquals, assertThrows } from "../../tests/harness/assert.ts";
import { SmolvmError } from "../error.ts";
import { MAX_PAYLOAD_BYTES } from "../wire/frames.ts";
import { encodeJson } from "../wire/json.ts";
import { checkRequestSize } from "./request_size.ts";

const rest = { env: [], cwd: "/", user: "" };

Deno.test("checkRequestSize() lets pass what a frame holds, with all that a request says beside it", () => {
  const argv = ["sh", "x".repeat(MAX_PAYLOAD_BYTES - 1_200)];
  checkRequestSize({ argv, ...rest });
  const request = {
    kind: "container",
    id: "0".repeat(12),
    image: "0".repeat(64),
    hostname: "h".repeat(63),
    argv,
    ...rest,
    volumes: [],
    stdin: true,
    timeoutMilliseconds: 2 ** 53,
    keep: true,
    init: false,
    memoryBytes: 2 ** 53,
    pids: 4096,
  };
  assertEquals(encodeJson(request).length <= MAX_PAYLOAD_BYTES, true);
});

Deno.test("checkRequestSize() refuses a long command line and many variables with a reason", () => {
  const long = Array.from({ length: 20 }, () => "x".repeat(50_000));
  assertThrows(
    () => checkRequestSize({ argv: ["echo", ...long], ...rest }),
    SmolvmError,
    "cannot run echo: its arguments",
  );
  const env = Array.from({ length: 4_097 }, () => "A=");
  assertThrows(() => checkRequestSize({ argv: ["env"], ...rest, env }), SmolvmError, "4097 variables");
});
