import { assertEquals, assertThrows } from "../../../tests/harness/assert.ts";
import { SmolvmError } from "../../error.ts";
import { writeBytes } from "./write_bytes.ts";

Deno.test("writeBytes() goes on where a stream took a part only", () => {
  const taken: number[] = [];
  const slow = {
    writeSync: (bytes: Uint8Array) => taken.push(...bytes.subarray(0, 2)) && Math.min(2, bytes.length),
  };
  writeBytes(slow, new Uint8Array([1, 2, 3, 4, 5]));
  assertEquals(taken, [1, 2, 3, 4, 5]);
});

Deno.test("writeBytes() says in words that a disk is full, and lets a broken pipe through", () => {
  using full = Deno.openSync("/dev/full", { write: true });
  assertThrows(() => writeBytes(full, new Uint8Array(1)), SmolvmError, "no space is left on the disk");
  const closed = {
    writeSync: (): number => {
      throw new Deno.errors.BrokenPipe();
    },
  };
  assertThrows(() => writeBytes(closed, new Uint8Array(1)), Deno.errors.BrokenPipe);
});
