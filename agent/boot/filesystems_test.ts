import { assertEquals } from "../../tests/harness/assert.ts";
import { guestTest, inGuestRoot } from "../../tests/harness/guest_root.ts";
import { mount } from "../syscalls/mount.ts";
import { mountFilesystems } from "./filesystems.ts";

/** Type of what is mounted last at a path. */
function typeAt(path: string): string | undefined {
  const lines = Deno.readTextFileSync("/proc/self/mounts").split("\n").map((line) => line.split(" "));
  return lines.findLast(([, target]) => target === path)?.[2];
}

inGuestRoot(import.meta.url, () => {
  guestTest("mountFilesystems() mounts what a guest lacks, and completes /dev", () => {
    // As the kernel leaves it: nodes, and nothing below.
    mount({ source: "dev", target: "/dev", type: "tmpfs", data: "mode=755" });
    Deno.symlinkSync("/proc/self/fd/2", "/dev/stderr");
    mountFilesystems();
    const types = ["/run", "/tmp", "/dev/pts", "/dev/shm", "/sys/fs/cgroup"].map(typeAt);
    assertEquals(types, ["tmpfs", "tmpfs", "devpts", "tmpfs", "cgroup2"]);
    assertEquals((Deno.statSync("/tmp").mode ?? 0) & 0o7777, 0o1777);
    const links = ["fd", "stdin", "stdout", "stderr"].map((name) => Deno.readLinkSync(`/dev/${name}`));
    assertEquals(links, ["/proc/self/fd", "/proc/self/fd/0", "/proc/self/fd/1", "/proc/self/fd/2"]);
  });
});
