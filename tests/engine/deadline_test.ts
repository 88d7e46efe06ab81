/**
 * A VMM that says something and then hangs, without a VM: what the user is shown.
 *
 * @module
 */
import { KrunEngine } from "../../src/engine/krun/engine.ts";
import { SmolvmError } from "../../src/error.ts";
import { RunningVm } from "../../src/vm/running_vm.ts";
import { assertMatch, assertRejects, assertTrue } from "../harness/assert.ts";
import "../harness/open_libc.ts";
import { plainVm } from "../harness/plain_vm.ts";
import { eventually, processesWith } from "../harness/smolvm.ts";
import { confine } from "./confine.ts";

Deno.test("a VMM that hangs is killed at the deadline, and its console's last lines are shown", async () => {
  const mark = crypto.randomUUID();
  const nothing = () => Promise.resolve("/dev/null");
  const script =
    `for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15; do echo "line $i" >&2; done; read -r ${"x"}; : ${mark}
    while :; do read -r x; done`;
  const engine = new KrunEngine({
    kernel: nothing,
    confine,
    libraries: () => Promise.resolve({ libkrun: "/dev/null", preload: [] }),
    vmm: [Deno.realPathSync("/bin/sh"), "-c", script],
  });
  const error = await assertRejects(
    () => RunningVm.boot(engine, plainVm, { hostname: "hangs", deadlineMilliseconds: 500 }),
    SmolvmError,
  );
  assertMatch(error.reason, /last lines of its console:\nline 4\n(line \d+\n)+line 15$/);
  assertTrue(await eventually(() => processesWith(mark).length === 0, 2_000));
});
