import { assertEquals, assertRejects } from "../../../tests/harness/assert.ts";
import { type SyncedFile, Writeback } from "./writeback.ts";

const MIB = 1024 * 1024;

/** A file whose writing back ends when the test says so. */
function slowFile(): SyncedFile & { readonly calls: string[]; end(error?: Error): void } {
  const calls: string[] = [];
  let under = Promise.withResolvers<void>();
  return {
    calls,
    syncData() {
      calls.push("data");
      under = Promise.withResolvers<void>();
      return under.promise;
    },
    sync() {
      calls.push("all");
      return Promise.resolve();
    },
    [Symbol.dispose]: () => void calls.push("close"),
    end: (error) => error ? under.reject(error) : under.resolve(),
  };
}

Deno.test("Writeback asks for one part at a time, and for all at the end", async () => {
  const file = slowFile();
  const writeback = new Writeback(() => file);
  for (const mebibytes of [1, 31, 33, 100, 200]) writeback.grown(mebibytes * MIB);
  assertEquals(file.calls, ["data"]);
  file.end();
  await new Promise((resolve) => setTimeout(resolve, 0));
  writeback.grown(201 * MIB);
  assertEquals(file.calls, ["data", "data"]);
  file.end();
  await writeback.finish();
  await writeback[Symbol.asyncDispose]();
  assertEquals(file.calls, ["data", "data", "all", "close"]);
});

Deno.test("Writeback.finish() tells a failure of any part", async () => {
  const file = slowFile();
  await using writeback = new Writeback(() => file);
  writeback.grown(40 * MIB);
  file.end(new Error("no space left"));
  await assertRejects(() => writeback.finish(), Error, "no space left");
});
