import { assertEquals, assertThrows } from "../../tests/harness/assert.ts";
import { UnsupportedSpecError } from "./runtime_spec.ts";
import { sysctlSteps } from "./sysctls.ts";

Deno.test("sysctlSteps() writes what a namespace of the container's own has", () => {
  const sysctl = { "net.ipv4.ip_unprivileged_port_start": "0" };
  assertEquals(sysctlSteps({ sysctl, namespaces: [{ type: "network" }] }), [
    { op: "write", path: "/proc/sys/net/ipv4/ip_unprivileged_port_start", text: "0" },
  ]);
  assertEquals(sysctlSteps({}), []);
});

Deno.test("sysctlSteps() refuses what would change the VM, or another's namespace", () => {
  const namespaces = [{ type: "network", path: "/proc/1/ns/net" }, { type: "ipc" }];
  for (const name of ["vm.panic_on_oom", "net.core.somaxconn", "kernel.shmmax/../../panic", "net..x"]) {
    const call = () => sysctlSteps({ sysctl: { [name]: "1" }, namespaces });
    assertThrows(call, UnsupportedSpecError, name);
  }
});
