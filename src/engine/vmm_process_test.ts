import { assertEquals, assertThrows, assertTrue } from "../../tests/harness/assert.ts";
import { eventually, processesWith } from "../../tests/harness/smolvm.ts";
import { SmolvmError } from "../error.ts";
import { HandedConnection } from "../ffi/handed_connection.ts";
import { type HelperCommand, startVmm } from "./vmm_process.ts";

// The C library stays open for the life of the process, for which no test is to blame.
(await HandedConnection.open())[Symbol.dispose]();

/** A number of seconds that is in the arguments of every process of this file, so that none is overlooked. */
const MARK = `1000.${crypto.getRandomValues(new Uint32Array(1))[0]}`;

function shell(script: string) {
  return { program: "/bin/sh", args: ["-c", script, MARK], env: { PATH: "/usr/bin:/bin" } };
}

/** A VMM whose link is open as long as it runs. */
const VMM = shell("echo console >&2; read line; exit 0");

function helper(script: string): HelperCommand {
  return { name: "the file server", ...shell(script) };
}

/** Stays until it is killed. */
const STAYS = `exec sleep ${MARK}`;

async function nothingLeft(): Promise<boolean> {
  return await eventually(() => processesWith(MARK).length === 0, 2_000);
}

/** Whether the runtime has taken the end of each process that it started, which the leak sanitizer wants: a zombie has no words any more. */
async function noChild(): Promise<boolean> {
  const children = (): string => Deno.readTextFileSync(`/proc/self/task/${Deno.pid}/children`);
  return await eventually(() => children() === "", 2_000);
}

Deno.test("a VMM that ends takes its helpers with it, and its end is the VM's", async () => {
  await using vm = startVmm(shell("echo last words >&2; exit 7"), {
    helpers: [helper(STAYS), helper(STAYS)],
  });
  assertEquals(await vm.ended, { code: 7, signal: null });
  assertEquals(vm.consoleTail(5), "last words");
  assertTrue(await nothingLeft());
});

Deno.test("a helper that ends takes the VM with it, and is named with what it said", async () => {
  await using vm = startVmm(VMM, { helpers: [helper(STAYS), helper("echo no room >&2; exit 3")] });
  assertEquals(await vm.ended, {
    code: null,
    signal: "SIGKILL",
    reason: "the file server ended with exit code 3 (no room)",
  });
  assertTrue(await nothingLeft());
});

Deno.test("what a helper says is not taken for the guest's console", async () => {
  await using vm = startVmm(shell("sleep 0.2; echo console >&2"), {
    helpers: [helper(`echo noise >&2; ${STAYS}`)],
  });
  await vm.ended;
  assertEquals(vm.consoleTail(5), "console");
});

Deno.test("a helper that is killed is named by the signal", async () => {
  await using vm = startVmm(VMM, { helpers: [helper("kill -SEGV $$")] });
  assertEquals((await vm.ended).reason, "the file server was ended by SIGSEGV");
});

Deno.test("a helper that is gone a moment before an orderly VMM is not blamed", async () => {
  await using vm = startVmm(shell("sleep 0.05; exit 0"), { helpers: [helper("exit 0")] });
  assertEquals(await vm.ended, { code: 0, signal: null });
});

Deno.test("kill() ends all, and no helper is blamed for it", async () => {
  await using vm = startVmm(VMM, { helpers: [helper(STAYS)] });
  assertEquals(processesWith(MARK).length, 2);
  vm.kill();
  assertEquals(await vm.ended, { code: null, signal: "SIGKILL" });
  assertTrue(await nothingLeft());
});

Deno.test("a VMM that cannot be started leaves no helper", async () => {
  const missing = { program: "/no/such/vmm", args: [], env: {} };
  const error = assertThrows(() => startVmm(missing, { helpers: [helper(STAYS)] }), SmolvmError);
  assertEquals([error.action, error.subject], ["start the VMM", "/no/such/vmm"]);
  assertTrue(await nothingLeft());
  assertTrue(await noChild());
});

Deno.test("a guarded VMM ends as any, and its guard with it", async () => {
  await using vm = startVmm(VMM, { guarded: true });
  const guard = (): number => processesWith(`kill -KILL "$1"\0sh\0${vm.pid}\0`).length;
  assertEquals(guard(), 1);
  vm.kill();
  assertEquals(await vm.ended, { code: null, signal: "SIGKILL" });
  assertEquals(guard(), 0);
});

Deno.test("a VMM's frames go to its inherited socket, which is closed with the VM", async () => {
  using network = await HandedConnection.open();
  const script =
    `python3 -c 'import os; os.write(${network.descriptor}, os.read(${network.descriptor}, 9))'; read line`;
  await using vm = startVmm(shell(script), { network });
  network[Symbol.dispose]();
  await vm.network?.write(new TextEncoder().encode("frame"));
  const bytes = new Uint8Array(9);
  assertEquals(await vm.network?.read(bytes), 5);
  await vm[Symbol.asyncDispose]();
  assertThrows(() => vm.network?.close(), Deno.errors.BadResource);
});
