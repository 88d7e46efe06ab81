import { assertEquals, assertThrows } from "../../../tests/harness/assert.ts";
import { decodeOrder, encodeOrder, type VmmOrder } from "./order.ts";
import { planCalls } from "./plan.ts";

const order: VmmOrder = {
  library: "/libkrun.so",
  calls: planCalls(
    { cpus: 1, memoryMiB: 512, disks: [{ path: "/d", readOnly: true }] },
    { kernel: "/k", link: "/l", console: "/c" },
  ),
};

Deno.test("decodeOrder() reads what encodeOrder() wrote, in one line", () => {
  const line = new TextDecoder().decode(encodeOrder(order));
  assertEquals(line.indexOf("\n"), line.length - 1);
  assertEquals(decodeOrder(line), order);
});

Deno.test("decodeOrder() refuses a call it does not know", () => {
  assertThrows(
    () => decodeOrder(JSON.stringify({ library: "/l", calls: [{ name: "krun_set_root", path: "/" }] })),
    TypeError,
    "Cannot read the VMM's order",
  );
});
