/**
 * An OCI bundle as Docker writes one for `docker run --network none`, for a runtime that shows what a
 * container looks like inside (moby, daemon/oci_linux.go and oci/defaults.go).
 *
 * @module
 */

/** What a bundle is made of. */
export interface Bundle {
  /** The folder; its `rootfs` is there already. */
  readonly folder: string;
  readonly argv: readonly string[];
  readonly env: readonly string[];
  readonly cwd: string;
  readonly hostname: string;
  /** Supplementary groups of root. */
  readonly groups: readonly number[];
}

const capabilities = [
  "CAP_CHOWN",
  "CAP_DAC_OVERRIDE",
  "CAP_FSETID",
  "CAP_FOWNER",
  "CAP_MKNOD",
  "CAP_NET_RAW",
  "CAP_SETGID",
  "CAP_SETUID",
  "CAP_SETFCAP",
  "CAP_SETPCAP",
  "CAP_NET_BIND_SERVICE",
  "CAP_SYS_CHROOT",
  "CAP_KILL",
  "CAP_AUDIT_WRITE",
];

/** Docker's masked paths (oci/defaults.go). */
export const maskedPaths = [
  "/proc/acpi",
  "/proc/asound",
  "/proc/interrupts",
  "/proc/kcore",
  "/proc/keys",
  "/proc/latency_stats",
  "/proc/sched_debug",
  "/proc/scsi",
  "/proc/timer_list",
  "/proc/timer_stats",
  "/sys/devices/virtual/powercap",
  "/sys/firmware",
];

/** Docker's read-only paths. */
export const readonlyPaths = ["/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"];

const safe = ["nosuid", "noexec", "nodev"];

const mounts = [
  { destination: "/proc", type: "proc", source: "proc", options: safe },
  {
    destination: "/dev",
    type: "tmpfs",
    source: "tmpfs",
    options: ["nosuid", "strictatime", "mode=755", "size=65536k"],
  },
  {
    destination: "/dev/pts",
    type: "devpts",
    source: "devpts",
    options: ["nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620", "gid=5"],
  },
  { destination: "/sys", type: "sysfs", source: "sysfs", options: [...safe, "ro"] },
  { destination: "/sys/fs/cgroup", type: "cgroup", source: "cgroup", options: ["ro", ...safe] },
  { destination: "/dev/mqueue", type: "mqueue", source: "mqueue", options: safe },
  {
    destination: "/dev/shm",
    type: "tmpfs",
    source: "shm",
    options: [...safe, "mode=1777", "size=67108864"],
  },
];

/** Writes config.json and the files Docker binds into /etc. */
export async function writeBundle(bundle: Bundle): Promise<void> {
  const { folder, argv, env, cwd, hostname, groups } = bundle;
  const files = ["resolv.conf", "hostname", "hosts"];
  for (const name of files) await Deno.writeTextFile(`${folder}/${name}`, "", { mode: 0o644 });
  const config = {
    ociVersion: "1.0.2",
    hostname,
    root: { path: "rootfs", readonly: false },
    process: {
      args: argv,
      env,
      cwd,
      user: { uid: 0, gid: 0, additionalGids: groups },
      capabilities: { bounding: capabilities, effective: capabilities, permitted: capabilities },
      noNewPrivileges: false,
    },
    mounts: [
      ...mounts,
      ...files.map((name) => ({
        destination: `/etc/${name}`,
        type: "bind",
        source: `${folder}/${name}`,
        options: ["rbind", "rprivate"],
      })),
    ],
    linux: {
      namespaces: ["mount", "network", "uts", "pid", "ipc", "cgroup"].map((type) => ({ type })),
      maskedPaths,
      readonlyPaths,
      // Docker's profile is long; that there is one is what can be seen from inside.
      seccomp: {
        defaultAction: "SCMP_ACT_ALLOW",
        syscalls: [{ names: ["reboot"], action: "SCMP_ACT_ERRNO" }],
      },
    },
  };
  await Deno.writeTextFile(`${folder}/config.json`, JSON.stringify(config));
}
