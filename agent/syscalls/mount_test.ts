import { assertEquals, assertThrows } from "../../tests/harness/assert.ts";
import { guestTest, inGuestRoot } from "../../tests/harness/guest_root.ts";
import { SyscallError } from "./libc.ts";
import { mount, MS, pivotRoot, remountReadOnly, unmount, unmountNow } from "./mount.ts";

/** Type and options of what is mounted at a path, as the kernel tells them. */
function mounted(path: string): string | undefined {
  const line = Deno.readTextFileSync("/proc/self/mounts").split("\n").findLast((one) =>
    one.split(" ")[1] === path
  );
  return line?.split(" ").slice(2, 4).join(" ");
}

inGuestRoot(import.meta.url, () => {
  Deno.mkdirSync("/tmp/place");
  const tmpfs = { source: "here", target: "/tmp/place", type: "tmpfs" };

  guestTest("mount() has the flags of mount(2) and the filesystem's options", () => {
    mount({ ...tmpfs, flags: MS.NOSUID | MS.NODEV | MS.NOEXEC | MS.RDONLY, data: "size=64k" });
    assertEquals(mounted("/tmp/place")?.startsWith("tmpfs ro,nosuid,nodev,noexec,relatime,size=64k"), true);
    unmount("/tmp/place");
    mount({ ...tmpfs, flags: MS.SYNCHRONOUS | MS.DIRSYNC | MS.NOATIME | MS.NODIRATIME });
    assertEquals(mounted("/tmp/place")?.startsWith("tmpfs rw,sync,dirsync,noatime,nodiratime"), true);
    unmount("/tmp/place");
    assertEquals(mounted("/tmp/place"), undefined);
  });

  guestTest("mount() names the target that it failed at", () => {
    const error = assertThrows(() => mount({ ...tmpfs, target: "/no/such" }), SyscallError, "mount /no/such");
    assertEquals(error.errno, 2);
  });

  guestTest("unmountNow() refuses what is busy, unmount() detaches it", () => {
    mount(tmpfs);
    Deno.writeTextFileSync("/tmp/place/file", "");
    const file = Deno.openSync("/tmp/place/file");
    assertThrows(() => unmountNow("/tmp/place"), SyscallError, "unmount /tmp/place: errno 16");
    unmount("/tmp/place");
    assertEquals(mounted("/tmp/place"), undefined);
    file.close();
    unmount("/tmp/place");
  });

  guestTest("remountReadOnly() refuses while something is open for writing", () => {
    mount(tmpfs);
    const file = Deno.openSync("/tmp/place/file", { write: true, create: true });
    assertThrows(() => remountReadOnly("/tmp/place"), SyscallError, "errno 16");
    file.close();
    remountReadOnly("/tmp/place");
    assertEquals(mounted("/tmp/place")?.startsWith("tmpfs ro,"), true);
    unmount("/tmp/place");
  });

  guestTest("pivotRoot() refuses a folder that is no mount", () => {
    assertThrows(() => pivotRoot("/tmp/place", "/tmp/place"), SyscallError, "pivot_root /tmp/place");
  });
});
