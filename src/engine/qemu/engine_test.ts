import { assertEquals, assertMatch, assertRejects, assertTrue } from "../../../tests/harness/assert.ts";
import { plainVm } from "../../../tests/harness/plain_vm.ts";
import { SmolvmError } from "../../error.ts";
import { HandedConnection } from "../../ffi/handed_connection.ts";
import { QemuEngine, type QemuHost, type QemuParts } from "./engine.ts";

// The C library stays open for the life of the process, for which no test is to blame.
(await HandedConnection.open())[Symbol.dispose]();

const never = () => Promise.reject(new Error("nothing is to be started"));
const none: QemuParts = { kernel: never, confine: never };

function engine(host: QemuHost, parts: QemuParts = none): QemuEngine {
  return new QemuEngine(parts, host);
}

Deno.test("QemuEngine is usable where QEMU is installed, and says what to install where it is not", async () => {
  const found = (path: string | undefined) => engine({ arch: "x86_64", find: () => path }).probe();
  assertEquals(await found("/usr/bin/qemu"), { usable: true, details: "/usr/bin/qemu" });
  assertEquals(await found(undefined), {
    usable: false,
    reason: "qemu-system-x86_64 is not installed",
    remedy: "install qemu-system-x86 (apt-get install qemu-system-x86, or brew install qemu)",
  });
});

Deno.test("QemuEngine asks for the QEMU of its own processor", async () => {
  const arm = engine({ arch: "aarch64", find: () => undefined });
  const probed = await arm.probe();
  assertTrue(!probed.usable && probed.remedy.startsWith("install qemu-system-arm "));
  const error = await assertRejects(() => arm.start(plainVm), SmolvmError);
  assertEquals([error.kind, error.reason], ["engine", "qemu-system-aarch64 is not installed"]);
});

Deno.test("QemuEngine.start() runs QEMU unconfined where the system has no confinement", async () => {
  const parts = { kernel: () => Promise.resolve("/vmlinux"), confine: () => Promise.resolve(undefined) };
  const shown = engine({ arch: "x86_64", find: () => "/bin/echo" }, parts);
  await using vm = await shown.start(plainVm);
  const buffer = new Uint8Array(4096);
  const count = await vm.link.read(buffer);
  assertMatch(new TextDecoder().decode(buffer.subarray(0, count ?? 0)), /^-M microvm,.* -kernel \/vmlinux /);
  assertEquals(await vm.ended, { code: 0, signal: null });
});

Deno.test("QemuEngine.start() gives QEMU a socket for the guest's frames, and takes the other end", async () => {
  const parts = { kernel: () => Promise.resolve("/vmlinux"), confine: () => Promise.resolve(undefined) };
  const shown = engine({ arch: "x86_64", find: () => "/bin/echo" }, parts);
  await using vm = await shown.start({ ...plainVm, network: { mac: "02:00:00:00:00:01" } });
  const buffer = new Uint8Array(4096);
  const count = await vm.link.read(buffer);
  assertMatch(
    new TextDecoder().decode(buffer.subarray(0, count ?? 0)),
    / -netdev stream,id=network,server=off,addr.type=fd,addr.str=\d+ -device virtio-net-device,/,
  );
  // Nobody but QEMU has the other end.
  assertEquals(await vm.network?.read(buffer), null);
});
