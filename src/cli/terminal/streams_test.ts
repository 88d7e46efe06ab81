import { assertEquals, assertRejects } from "../../../tests/harness/assert.ts";
import { SmolvmError } from "../../error.ts";
import { canceled, outputSink } from "./streams.ts";

Deno.test("outputSink() writes all, also where a stream takes a part only", async () => {
  const taken: number[] = [];
  const slow = {
    write(bytes: Uint8Array): Promise<number> {
      taken.push(...bytes.subarray(0, 2));
      return Promise.resolve(Math.min(2, bytes.length));
    },
  };
  await outputSink(slow, () => {})(new Uint8Array([1, 2, 3]));
  assertEquals(taken, [1, 2, 3]);
});

Deno.test("outputSink() tells when nobody reads any more, and not when a disk is full", async () => {
  let broken = 0;
  const closed = outputSink({ write: () => Promise.reject(new Deno.errors.BrokenPipe()) }, () => broken++);
  await assertRejects(() => closed(new Uint8Array(1)), Deno.errors.BrokenPipe);
  assertEquals(broken, 1);
  using full = Deno.openSync("/dev/full", { write: true });
  const sink = outputSink(full, () => broken++);
  await assertRejects(() => sink(new Uint8Array(1)), SmolvmError, "no space is left on the disk");
  assertEquals(broken, 1);
});

Deno.test("canceled() carries the exit code", () => {
  assertEquals([canceled(130).kind, canceled(130).exitCode], ["canceled", 130]);
});
