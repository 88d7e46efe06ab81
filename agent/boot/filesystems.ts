/**
 * The filesystems every guest has beside its root and its storage.
 *
 * @module
 */
import { CGROUP_ROOT } from "../program/cgroup.ts";
import { mount, MS } from "../syscalls/mount.ts";

const links = {
  fd: "/proc/self/fd",
  stdin: "/proc/self/fd/0",
  stdout: "/proc/self/fd/1",
  stderr: "/proc/self/fd/2",
};

/** Mounts them. /proc, /sys and /dev are there before the agent starts. */
export function mountFilesystems(): void {
  const safe = MS.NOSUID | MS.NODEV | MS.NOEXEC;
  mount({ source: "tmpfs", target: "/run", type: "tmpfs", flags: MS.NOSUID | MS.NODEV, data: "mode=755" });
  mount({ source: "tmpfs", target: "/tmp", type: "tmpfs", flags: MS.NOSUID | MS.NODEV, data: "mode=1777" });
  for (const folder of ["/dev/pts", "/dev/shm"]) Deno.mkdirSync(folder, { recursive: true });
  // devtmpfs makes no links; shells and loggers open these names.
  for (const [name, target] of Object.entries(links)) linkIfAbsent(target, `/dev/${name}`);
  mount({
    source: "devpts",
    target: "/dev/pts",
    type: "devpts",
    flags: MS.NOSUID | MS.NOEXEC,
    data: "mode=620,gid=5",
  });
  mount({ source: "shm", target: "/dev/shm", type: "tmpfs", flags: safe, data: "mode=1777" });
  mount({ source: "cgroup2", target: CGROUP_ROOT, type: "cgroup2", flags: safe });
}

/** Makes a link, unless something has that name. */
function linkIfAbsent(target: string, path: string): void {
  try {
    Deno.symlinkSync(target, path);
  } catch (error) {
    if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
  }
}
