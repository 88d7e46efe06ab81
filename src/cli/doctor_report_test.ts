import { assertEquals } from "../../tests/harness/assert.ts";
import { render } from "./doctor_report.ts";

Deno.test("render() puts a remedy below what needs one, and the verdict last", () => {
  const lines = render({
    findings: [
      { name: "host", grade: "ok", details: "linux" },
      { name: "engine krun", grade: "missing", details: "there is no /dev/kvm", remedy: "load kvm_intel" },
    ],
    engine: "qemu",
    emulates: true,
    why: "krun: there is no /dev/kvm",
  });
  assertEquals(lines, [
    "ok  host            linux",
    "--  engine krun     there is no /dev/kvm",
    "                    → load kvm_intel",
    "VMs run on qemu, software emulation: krun: there is no /dev/kvm",
  ]);
});

Deno.test("render() says that no VM can run, and why", () => {
  assertEquals(render({ findings: [], engine: undefined, why: "qemu: not installed" }), [
    "No VM can run here: qemu: not installed",
  ]);
});
