import { assertEquals, assertTrue } from "../../../tests/harness/assert.ts";
import { socketLimit, softLimit } from "./descriptor_limit.ts";

Deno.test("softLimit() reads the soft limit of open files", () => {
  const line = "Max open files            1024                 524288               files     \n";
  assertEquals(softLimit(`Max processes 1 2 processes\n${line}`), 1_024);
  assertEquals(softLimit(line.replace("1024", "unlimited")), 1_048_576);
  assertEquals(softLimit(""), 256);
});

Deno.test("socketLimit() leaves a few in any case", () => assertTrue(socketLimit() >= 32));
