import { assertEquals, assertThrows } from "../../../tests/harness/assert.ts";
import { plainVm } from "../../../tests/harness/plain_vm.ts";
import { decodeOrder, encodeOrder, type VmmOrder } from "./order.ts";
import { planCalls } from "./plan.ts";

const order: VmmOrder = {
  before: ["/libcap-ng.so"],
  library: "/libkrun.so",
  calls: planCalls(plainVm, { kernel: "/k", console: "/c" }),
  lifeline: 42,
};

Deno.test("decodeOrder() reads what encodeOrder() wrote", () => {
  assertEquals(decodeOrder(encodeOrder(order)), order);
});

Deno.test("decodeOrder() refuses a call it does not know, and what is not JSON", () => {
  const strange = { ...order, calls: [{ name: "krun_set_root", path: "/" }] };
  assertThrows(() => decodeOrder(JSON.stringify(strange)), TypeError, "Cannot read the VMM's order");
  assertThrows(() => decodeOrder("{"), TypeError, "it is not JSON");
});
