/**
 * What the guest root and the bundled image are made of. Versions are those of the pinned Alpine disk.
 *
 * @module
 */

/** What the official `alpine` image asks apk for (etc/apk/world); all it needs comes with it. */
export const imagePackages: readonly string[] = [
  "alpine-baselayout",
  "alpine-keys",
  "alpine-release",
  "apk-tools",
  "busybox",
  "libc-utils",
];

/** The guest root has these besides: the agent grows and checks storage disks. */
export const rootPackages: readonly string[] = [...imagePackages, "e2fsprogs", "e2fsprogs-extra"];

/** Of glibc and GCC what the agent's runtime needs beside the loader: Debian's libc6 and libgcc-s1. */
export const glibcLibraries: readonly string[] = [
  "libc.so.6",
  "libdl.so.2",
  "libgcc_s.so.1",
  "libm.so.6",
  "libpthread.so.0",
  "librt.so.1",
];

/** What the maker of the Alpine disk added to files of packages; without it their checksums hold. */
export const foreignLines: Readonly<Record<string, RegExp>> = {
  "etc/passwd": /^(dhcpcd|quicksand):/,
  "etc/shadow": /^(dhcpcd|quicksand):/,
  "etc/group": /^(dhcpcd|quicksand):/,
  "etc/modules": /^9p/,
};

/** Files of packages that are empty on that disk, as they were; their checksums hold too. */
export const lostFiles: Readonly<Record<string, string>> = {
  "etc/hostname": "localhost\n",
  "etc/hosts": "127.0.0.1\tlocalhost localhost.localdomain\n::1\t\tlocalhost localhost.localdomain\n",
};

/** Links of packages that were changed on that disk, as they were. */
export const lostLinks: Readonly<Record<string, string>> = { "etc/mtab": "../proc/mounts" };

/** Files that differ from their package on purpose: what we have, as the official image has it, and what the package has. */
export const changedFiles: Readonly<Record<string, readonly [string, string]>> = {
  "etc/shadow": ["root:*:", "root::"],
};

/** Folders every root has, beyond what packages bring: mount points of the guest. */
export const mountPoints: readonly string[] = ["dev", "proc", "run", "storage", "sys", "tmp"];

/** The first process under QEMU: the agent's runtime reads itself through /proc. */
export const init = `#!/bin/busybox sh
/bin/busybox mount -t proc proc /proc
/bin/busybox mount -t sysfs sysfs /sys
exec /sbin/smolvm-agent
`;
