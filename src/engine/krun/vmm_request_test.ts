import { assertEquals, assertThrows } from "../../../tests/harness/assert.ts";
import { plainVm } from "../../../tests/harness/plain_vm.ts";
import { decodeRequest, encodeRequest, type VmmRequest } from "./vmm_request.ts";
import { planCalls } from "./plan.ts";

const request: VmmRequest = {
  preload: ["/libcap-ng.so"],
  library: "/libkrun.so",
  calls: planCalls(plainVm, { kernel: "/k", console: "/c" }),
  lifeline: 42,
};

Deno.test("decodeRequest() reads what encodeRequest() wrote", () => {
  assertEquals(decodeRequest(encodeRequest(request)), request);
});

Deno.test("decodeRequest() refuses a call it does not know, and what is not JSON", () => {
  const strange = { ...request, calls: [{ name: "krun_set_root", path: "/" }] };
  assertThrows(() => decodeRequest(JSON.stringify(strange)), TypeError, "Cannot read the VMM's request");
  assertThrows(() => decodeRequest("{"), TypeError, "it is not JSON");
});
