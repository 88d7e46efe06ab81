import { assertEquals, assertTrue } from "../../tests/harness/assert.ts";
import { guestTest, inGuestRoot } from "../../tests/harness/guest_root.ts";
import { encodeBootWords } from "../../src/guest_protocol/boot.ts";
import { LAUNCHER } from "../process/spawn.ts";
import { runTool } from "../process/tool.ts";
import { mount, MS } from "../syscalls/mount.ts";
import { enterWritableRoot, staysWritable } from "./root.ts";

/** Has the kernel's command line say this. */
function boot(rootWritable: boolean): void {
  Deno.writeTextFileSync("/tmp/cmdline", encodeBootWords({ storage: "vdb", rootWritable }).join(" "));
  mount({ source: "/tmp/cmdline", target: "/proc/cmdline", type: "", flags: MS.BIND });
}

inGuestRoot(import.meta.url, () => {
  guestTest("staysWritable() is what the kernel's command line says", () => {
    boot(false);
    assertEquals(staysWritable(), false);
    boot(true);
    assertEquals(staysWritable(), true);
  });

  guestTest(
    "enterWritableRoot() makes changes go to the storage, and keeps the launcher out of reach",
    async () => {
      mount({ source: "storage", target: "/storage", type: "tmpfs" });
      for (const path of ["/run", "/tmp"]) mount({ source: "t", target: path, type: "tmpfs" });
      // In a guest the root disk is read-only, and so is the launcher that is bound from it.
      mount({ source: LAUNCHER, target: LAUNCHER, type: "", flags: MS.BIND });
      mount({ source: "", target: LAUNCHER, type: "", flags: MS.BIND | MS.REMOUNT | MS.RDONLY });
      enterWritableRoot();
      Deno.writeTextFileSync("/etc/written", "here");
      assertEquals(Deno.readTextFileSync("/storage/root/upper/etc/written"), "here");
      for (const path of ["/proc/self/status", "/sys/class", "/dev/null"]) Deno.statSync(path);
      // A program runs in it, by the launcher that is where it was.
      assertEquals(await runTool(["/bin/sh", "-c", "test -f /etc/written && cd /"]), 0);
      const launcher = Deno.readTextFileSync("/proc/self/mounts").split("\n").map((line) => line.split(" "));
      assertTrue(launcher.some(([, target]) => target?.endsWith(LAUNCHER)));
      // The old root is out of sight.
      assertEquals([...Deno.readDirSync("/mnt")].some(({ name }) => name === "etc"), false);
    },
    { overlaysRoot: true },
  );
});
