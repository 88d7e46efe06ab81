import { assertEquals, assertTrue } from "../../../tests/harness/assert.ts";
import { plainVm } from "../../../tests/harness/plain_vm.ts";
import { planCalls } from "./plan.ts";

const vm = { ...plainVm, cpus: 2, image: "/image.erofs" };
const files = { kernel: "/vmlinux", console: "/proc/self/fd/2" };

Deno.test("planCalls() gives the guest no vsock, and so no network", () => {
  const names = planCalls(vm, files).map((call) => call.name);
  assertEquals(names.filter((name) => /vsock|net|tsi/.test(name)), ["krun_disable_implicit_vsock"]);
});

Deno.test("planCalls() adds a network card on an inherited socket where one is wanted, and still no vsock", () => {
  const network = { mac: "02:00:00:00:00:01" };
  const calls = planCalls({ ...vm, network }, { ...files, network: 9 });
  assertEquals(calls.filter(({ name }) => /vsock|net|tsi/.test(name)), [
    { name: "krun_add_net_unixstream", descriptor: 9, mac: network.mac, features: 0x1983 },
    { name: "krun_disable_implicit_vsock" },
  ]);
});

Deno.test("planCalls() adds the disks in the order of their places, all but the storage read-only", () => {
  const disks = planCalls(vm, files).filter((call) => call.name === "krun_add_disk");
  assertEquals(disks, [
    { name: "krun_add_disk", id: "vda", path: "/root.erofs", readOnly: true },
    { name: "krun_add_disk", id: "vdb", path: "/image.erofs", readOnly: true },
    { name: "krun_add_disk", id: "vdc", path: "/storage", readOnly: false },
  ]);
});

Deno.test("planCalls() puts the link on stdin and stdout, behind a console of its own", () => {
  const [multiport, port] = planCalls(vm, files).slice(-2);
  assertEquals(multiport?.name, "krun_add_virtio_console_multiport");
  assertEquals(port, {
    name: "krun_add_console_port_inout",
    port: "smolvm.link",
    input: 0,
    output: 1,
  });
});

Deno.test("planCalls() hands the kernel over in its processor's form", () => {
  const formats = (["x86_64", "aarch64"] as const).map((processor) => {
    const call = planCalls(vm, { ...files, processor }).find(({ name }) => name === "krun_set_kernel");
    return call?.name === "krun_set_kernel" ? [call.format, /reboot=/.test(call.commandLine)] : [];
  });
  assertEquals(formats, [[1, true], [0, false]]);
});

Deno.test("planCalls() boots our kernel without what only emulation needs", () => {
  const kernel = planCalls(vm, files).find((call) => call.name === "krun_set_kernel");
  assertTrue(kernel?.name === "krun_set_kernel" && !kernel.commandLine.includes("no_timer_check"));
});
