import type { OpenRequest } from "../../src/guest_protocol/messages.ts";
import { assertEquals } from "../../tests/harness/assert.ts";
import { isLong } from "./give_back.ts";

const program = { env: [], cwd: "", user: "", stdin: false, timeoutMilliseconds: 0 };
const exec = (argv: string[], env: string[] = []): OpenRequest => ({ kind: "exec", ...program, argv, env });

Deno.test("isLong() tells a request whose words and variables have 64 Ki characters from ordinary ones", () => {
  const half = "x".repeat(32_768);
  assertEquals(isLong(exec(["true", half])), false);
  assertEquals(isLong(exec([half], [half])), true);
  assertEquals(isLong({ kind: "status" }), false);
});
