import { assertEquals, assertTrue } from "../../../tests/harness/assert.ts";
import { qemuReach } from "./reach.ts";

Deno.test("qemuReach() finds firmware and modules beside a QEMU that stands elsewhere", () => {
  const reach = qemuReach("/opt/qemu/bin/qemu-system-x86_64");
  const rights = (path: string) => reach.filter((one) => one.path === path).map((one) => one.rights);
  assertEquals(rights("/opt/qemu/share/qemu"), ["read"]);
  assertEquals(rights("/opt/qemu/lib"), ["run"]);
  assertEquals(rights("/usr/share/qemu"), ["read"]);
});

Deno.test("qemuReach() lets nothing of the host be written but /dev/null, and no home be read", () => {
  for (const { rights, path } of qemuReach("/home/me/.local/bin/qemu-system-x86_64")) {
    assertTrue(rights === "read" || rights === "run" || path === "/dev/null", path);
    assertTrue(!["/", "/home", "/home/me", "/home/me/.local", "/home/me/.local/share"].includes(path), path);
  }
});
