import { assertEquals, assertThrows } from "../../../tests/harness/assert.ts";
import { plainVm } from "../../../tests/harness/plain_vm.ts";
import { SmolvmError } from "../../error.ts";
import { planCalls } from "./plan.ts";
import { krunShares, refuseUnbound } from "./shares.ts";

const writable = { path: "/a", readOnly: false };
const readOnly = { path: "/b", readOnly: true };

Deno.test("krunShares() has a read-only folder bound by the kernel, and serves a writable one as it is", () => {
  const vm = { ...plainVm, shares: [writable, readOnly] };
  assertEquals(krunShares(vm), {
    bound: [{ name: "share1", path: "/b", readOnly: true }],
    reach: [{ rights: "share", path: "/a" }, { rights: "share", path: "/sys/share1" }],
  });
  const calls = planCalls(vm, { kernel: "/k", console: "/c" }).filter(({ name }) =>
    name === "krun_add_virtiofs"
  );
  assertEquals(calls, [
    { name: "krun_add_virtiofs", tag: "share0", path: "/a" },
    { name: "krun_add_virtiofs", tag: "share1", path: "/sys/share1" },
  ]);
});

Deno.test("krunShares() binds many, and files, below the folder of one device", () => {
  const { bound, reach } = krunShares({ ...plainVm, shares: [writable, { ...readOnly, isFile: true }] });
  assertEquals(bound.map(({ name }) => name), ["shares/0", "shares/1"]);
  assertEquals(reach, [{ rights: "share", path: "/sys/shares" }]);
});

Deno.test("refuseUnbound() lets writable folders pass, and nothing that confine has to bind", () => {
  refuseUnbound({ ...plainVm, shares: [writable] });
  assertThrows(
    () => refuseUnbound({ ...plainVm, shares: [readOnly] }),
    SmolvmError,
    "none of them read-only",
  );
});
