import { assertEquals, assertTrue } from "../../../tests/harness/assert.ts";
import { planCalls } from "./plan.ts";

const vm = {
  cpus: 2,
  memoryMiB: 512,
  disks: [{ path: "/root.erofs", readOnly: true }, { path: "/storage", readOnly: false }],
};
const files = { kernel: "/vmlinux", link: "/run/vm/link.sock", console: "/run/vm/console" };

Deno.test("planCalls() turns the network off before it adds the link", () => {
  const names = planCalls(vm, files).map((call) => call.name);
  const vsock = names.filter((name) => name.includes("vsock"));
  assertEquals(vsock, ["krun_disable_implicit_vsock", "krun_add_vsock", "krun_add_vsock_port2"]);
  assertTrue(planCalls(vm, files).some((call) => call.name === "krun_add_vsock" && call.tsiFeatures === 0));
});

Deno.test("planCalls() names the disks in order and keeps read-only ones so", () => {
  const disks = planCalls(vm, files).filter((call) => call.name === "krun_add_disk");
  assertEquals(disks, [
    { name: "krun_add_disk", id: "vda", path: "/root.erofs", readOnly: true },
    { name: "krun_add_disk", id: "vdb", path: "/storage", readOnly: false },
  ]);
});

Deno.test("planCalls() lets the guest connect the link", () => {
  const port = planCalls(vm, files).find((call) => call.name === "krun_add_vsock_port2");
  assertEquals(port, { name: "krun_add_vsock_port2", port: 1024, path: "/run/vm/link.sock", listen: false });
});
