import { assertEquals, assertRejects } from "../../tests/harness/assert.ts";
import { Stopper } from "./stopper.ts";

function stopper(fail?: Error) {
  const done: string[] = [];
  const act = (name: string) => () => {
    done.push(name);
    return fail ? Promise.reject(fail) : Promise.resolve();
  };
  return { done, one: new Stopper({ stop: act("stop"), kill: act("kill") }) };
}

Deno.test("Stopper lets a machine start before it stops it", () => {
  const { done, one } = stopper();
  assertEquals(one.begun, false);
  one.stop();
  assertEquals([one.begun, done], [true, []]);
  one.started();
  assertEquals(done, ["stop"]);
});

Deno.test("Stopper kills at once, also a machine that is being stopped", () => {
  const { done, one } = stopper();
  one.kill();
  assertEquals(done, ["kill"]);
  const other = stopper();
  other.one.started();
  other.one.stop();
  other.one.kill();
  assertEquals(other.done, ["stop", "kill"]);
});

Deno.test("Stopper tells when the machine does not end", async () => {
  const { one } = stopper(new TypeError("it stays"));
  one.kill();
  await assertRejects(() => one.failed, TypeError, "it stays");
});
