import { assertEquals } from "../../tests/harness/assert.ts";
import "../../tests/harness/open_libc.ts";
import { writeNow } from "./nonblocking_output.ts";

Deno.test("writeNow() writes nothing where a stream is a blocking one, or is none", () => {
  using file = Deno.openSync("/dev/null", { write: true });
  assertEquals(writeNow(2, new Uint8Array(0)), undefined);
  assertEquals(writeNow(65_535, new Uint8Array(1)), undefined);
  assertEquals(file.writeSync(new Uint8Array(1)), 1);
});
