import { assertEquals, assertRejects } from "../../../tests/harness/assert.ts";
import { transportPair } from "../../../tests/harness/pipe.ts";
import { lend } from "./lent_transport.ts";

Deno.test("lend() passes bytes on until it is closed, and then leaves the byte stream open", async () => {
  const { host, agent } = transportPair();
  const lent = lend(host);
  const buffer = new Uint8Array(8);
  await lent.write(Uint8Array.of(1, 2));
  assertEquals([await agent.read(buffer), ...buffer.subarray(0, 2)], [2, 1, 2]);
  await agent.write(Uint8Array.of(3));
  assertEquals([await lent.read(buffer), buffer[0]], [1, 3]);
  const waiting = lent.read(new Uint8Array(8));
  lent.close();
  assertEquals([await waiting, await lent.read(buffer)], [null, null]);
  await assertRejects(() => lent.write(Uint8Array.of(4)), Error, "was given back");
  await host.write(Uint8Array.of(5));
  assertEquals([await agent.read(buffer), buffer[0]], [1, 5]);
});
