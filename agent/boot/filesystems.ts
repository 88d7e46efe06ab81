/**
 * The filesystems every guest has beside its root and its storage.
 *
 * @module
 */
import { CGROUP_ROOT } from "../container/cgroup.ts";
import { mount, MS } from "../syscalls/mount.ts";

/** Mounts them. /proc, /sys and /dev are there before the agent starts. */
export function mountFilesystems(): void {
  const safe = MS.NOSUID | MS.NODEV | MS.NOEXEC;
  mount({ source: "tmpfs", target: "/run", type: "tmpfs", flags: MS.NOSUID | MS.NODEV, data: "mode=755" });
  mount({ source: "tmpfs", target: "/tmp", type: "tmpfs", flags: MS.NOSUID | MS.NODEV, data: "mode=1777" });
  for (const folder of ["/dev/pts", "/dev/shm"]) Deno.mkdirSync(folder, { recursive: true });
  mount({
    source: "devpts",
    target: "/dev/pts",
    type: "devpts",
    flags: MS.NOSUID | MS.NOEXEC,
    data: "mode=620,gid=5",
  });
  mount({ source: "shm", target: "/dev/shm", type: "tmpfs", flags: safe, data: "mode=1777" });
  mount({ source: "cgroup2", target: CGROUP_ROOT, type: "cgroup2", flags: safe });
  Deno.writeTextFileSync(`${CGROUP_ROOT}/cgroup.subtree_control`, "+memory +pids +cpu", { create: false });
}
