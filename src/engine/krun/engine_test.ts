import { assertEquals } from "../../../tests/harness/assert.ts";
import { SmolvmError } from "../../error.ts";
import { KrunEngine } from "./engine.ts";
import { hostVirtualization } from "./kvm.ts";

/** A host whose processor runs VMs. */
const host = {
  ...hostVirtualization(Deno.execPath()),
  os: "linux" as const,
  arch: "x86_64" as const,
  cpuInfo: () => "flags\t\t: fpu svm",
  openKvm: () => {},
  hypervisorSupport: () => "",
};

Deno.test("KrunEngine.probe() says why its library cannot be had, and throws nothing", async () => {
  const full = new SmolvmError("state", { action: "unpack", reason: "no space left on device" });
  const never = () => Promise.reject(new Error("nothing is to be started"));
  const engine = new KrunEngine(
    { kernel: never, libraries: () => Promise.reject(full), confine: never, vmm: ["/bin/false"] },
    host,
  );
  assertEquals(await engine.probe(), {
    usable: false,
    reason: "libkrun cannot be unpacked (no space left on device)",
    remedy: "see smolvm doctor",
  });
});
