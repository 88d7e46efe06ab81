import { assertEquals, assertThrows } from "../../tests/harness/assert.ts";
import { guestTest, inGuestRoot } from "../../tests/harness/guest_root.ts";
import { runTool } from "../process/tool.ts";
import { SyscallError } from "../syscalls/libc.ts";
import { mount, unmount } from "../syscalls/mount.ts";
import { attachDeviceProgram } from "./attach_devices.ts";
import { deviceProgram } from "./device_program.ts";
import { dockerDevices } from "./docker_defaults.ts";

const CGROUPS = "/sys/fs/cgroup";
const cgroup = `${CGROUPS}/smolvm-test-${crypto.randomUUID()}`;

/** The exit code of a script that runs in the cgroup. */
function inside(script: string): Promise<number> {
  return runTool(["/bin/sh", "-c", `echo 0 > ${cgroup}/cgroup.procs && { ${script}; }`]);
}

inGuestRoot(import.meta.url, () => {
  guestTest("attachDeviceProgram() has the kernel refuse devices to a cgroup's processes", async () => {
    mount({ source: "cgroup2", target: CGROUPS, type: "cgroup2" });
    Deno.mkdirSync(cgroup);
    try {
      const kernelLog = "head -c 0 < /tmp/kmsg";
      assertEquals(await inside(`mknod /tmp/kmsg c 1 11; ${kernelLog}`), 0);
      attachDeviceProgram(cgroup, deviceProgram(dockerDevices));
      assertEquals(await inside(`! ${kernelLog}`), 0);
      assertEquals(await inside("head -c 1 /dev/zero > /dev/null"), 0);
      assertEquals(await inside("mknod /tmp/disk b 254 0 && ! head -c 0 < /tmp/disk"), 0);
    } finally {
      Deno.removeSync(cgroup);
      unmount(CGROUPS);
    }
  });

  guestTest("attachDeviceProgram() throws for a program that the kernel refuses", () => {
    assertThrows(
      () => attachDeviceProgram("/tmp", new Uint8Array(8)),
      SyscallError,
      "load the device program",
    );
  });

  guestTest("the kernel takes a program of every kind of rule", () => {
    for (
      const rules of [
        [],
        [{ allow: true }],
        [{ allow: false, type: "b", access: "w" }, { allow: true }, { allow: true, major: 1, access: "r" }],
      ]
    ) {
      // It is loaded, and then there is no cgroup to attach it to.
      assertThrows(
        () => attachDeviceProgram("/no/such", deviceProgram(rules)),
        SyscallError,
        "open /no/such",
      );
    }
  });
});
