/**
 * Docker's defaults: what a container is, beyond what its image and whoever starts it say (moby, oci/defaults.go and
 * daemon/oci_linux.go). The only place that holds them. Pure.
 *
 * @module
 */
import { capabilityNames } from "../../src/guest_protocol/capability_names.ts";
import type { ContainerRequest, TerminalRequest } from "../../src/guest_protocol/messages.ts";
import { completeEnvironment } from "../program/environment.ts";
import type { ResolvedUser } from "../program/passwd.ts";
import { parents } from "./folders.ts";
import type { RuntimeDeviceRule, RuntimeMount, RuntimeProcess, RuntimeSpec } from "./runtime_spec.ts";
import { seccompProfile } from "./seccomp_profile.ts";

/** What a container's programs may do and take otherwise than in Docker's defaults. */
export type Confinement = Pick<ContainerRequest, "capAdd" | "capDrop" | "ulimits">;

/** A program as its image and whoever starts it want it. */
export interface WantedProgram extends Confinement {
  readonly user: ResolvedUser;
  readonly args: readonly string[];
  /** K=V words; what is missing is added. */
  readonly env: readonly string[];
  /** Empty: `/`. */
  readonly cwd: string;
  readonly hostname: string;
  /** The terminal that it has; absent: it has none. */
  readonly terminal?: TerminalRequest;
}

/** A file or folder of the VM that is bound into a root. */
export interface WantedBind {
  readonly source: string;
  readonly target: string;
  readonly readOnly?: boolean;
  /** Of the mount itself, `nosuid`: a bind that is read-only has none of its source's. */
  readonly options?: readonly string[];
}

/** A container as its image and whoever starts it want it. */
export interface WantedContainer extends WantedProgram {
  /** Absolute path of the mounted root. */
  readonly root: string;
  readonly cgroupsPath: string;
  /** Files and folders of the VM bound into the root: generated ones and volumes. No target leads over a link. */
  readonly binds: readonly WantedBind[];
  /** Filesystems in memory. No path leads over a link. */
  readonly tmpfs?: readonly { readonly path: string; readonly options: readonly string[] }[];
  readonly readOnly?: boolean;
  /** Whether it is in the VM's network namespace, as all containers of a Kubernetes pod are in one; else in its own. */
  readonly sharesNetwork?: boolean;
  /** Size of /dev/shm; absent: 64 MiB. */
  readonly shmBytes?: number;
  /** Bytes. */
  readonly memoryLimit: number;
  /** Most processes; absent: {@linkcode DEFAULT_PIDS}; -1: as many as the VM can have. */
  readonly pidsLimit?: number;
  readonly arch: typeof Deno.build.arch;
}

/** pids.max when nobody names a limit (Docker has none): a fork bomb ends before the VM's own processes suffer. */
export const DEFAULT_PIDS = 4096;

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

const maskedPaths = [
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

const readonlyPaths = ["/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"];

const safe = ["nosuid", "noexec", "nodev"];

const mounts: readonly RuntimeMount[] = [
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
  { destination: "/dev/shm", type: "tmpfs", source: "shm", options: [...safe, "mode=1777", "size=65536k"] },
  { destination: "/dev/mqueue", type: "mqueue", source: "mqueue", options: safe },
  { destination: "/sys", type: "sysfs", source: "sysfs", options: [...safe, "ro"] },
  { destination: "/sys/fs/cgroup", type: "cgroup", source: "cgroup", options: ["ro", ...safe] },
];

const namespaces = ["mount", "network", "uts", "pid", "ipc", "cgroup"];

const all = { allow: true, access: "rwm" };

/** Any node may be made, only harmless ones may be used: null, zero, full, random, urandom, tty, console, ptmx, pts. */
export const dockerDevices: readonly RuntimeDeviceRule[] = [
  { allow: false, access: "rwm" },
  { allow: true, type: "c", access: "m" },
  { allow: true, type: "b", access: "m" },
  ...[3, 5, 7, 8, 9].map((minor) => ({ ...all, type: "c", major: 1, minor })),
  ...[0, 1, 2].map((minor) => ({ ...all, type: "c", major: 5, minor })),
  { ...all, type: "c", major: 136 },
];

/** RLIM_INFINITY, 2^64 - 1, as near as a number comes. */
const UNLIMITED = 2 ** 64;

/** Programs that close every descriptor they could have do so in no time; a program that needs more asks for more. */
export const DESCRIPTORS = { soft: 1_024, hard: 1_048_576 } as const;

/** Any user may listen on any port and send ICMP echo requests: both are the container's own network's. */
const sysctl = {
  "net.ipv4.ip_unprivileged_port_start": "0",
  "net.ipv4.ping_group_range": "0 2147483647",
};

const rlimits = [
  { type: "RLIMIT_NOFILE", ...DESCRIPTORS },
  { type: "RLIMIT_CORE", soft: 0, hard: UNLIMITED },
  // The kernel counts by user over the whole VM; the cgroup counts the container.
  { type: "RLIMIT_NPROC", soft: UNLIMITED, hard: UNLIMITED },
];

/** The capabilities of a container (moby, oci/caps/utils.go, TweakCapabilities). */
export function capabilitiesOf({ capAdd = [], capDrop = [] }: Confinement): readonly string[] {
  if (capAdd.includes("ALL")) return capabilityNames.filter((name) => !capDrop.includes(name));
  const left = capDrop.includes("ALL") ? [] : capabilities.filter((name) => !capDrop.includes(name));
  return [...new Set([...left, ...capAdd])];
}

function rlimitsOf({ ulimits = [] }: Confinement): RuntimeProcess["rlimits"] {
  const whole = (limit: number) => limit < 0 ? UNLIMITED : limit;
  const own = ulimits.map(({ name, soft, hard }) => {
    return { type: `RLIMIT_${name.toUpperCase()}`, soft: whole(soft), hard: whole(hard) };
  });
  return [...rlimits.filter(({ type }) => !own.some((one) => one.type === type)), ...own];
}

/** A container's program, or another one that is run in it. */
export function dockerProcess(wanted: WantedProgram): RuntimeProcess {
  const { user, args, env, cwd, hostname, terminal } = wanted;
  const granted = capabilitiesOf(wanted);
  return {
    ...(terminal && { terminal: true, consoleSize: { height: terminal.rows, width: terminal.columns } }),
    user: { uid: user.uid, gid: user.gid, umask: 0o022, additionalGids: user.groups },
    args,
    env: completeEnvironment(env, user, { hostname, terminal: terminal?.type }),
    cwd: cwd || "/",
    // Any user but root loses all capabilities with its uid.
    capabilities: user.uid === 0
      ? { bounding: granted, effective: granted, permitted: granted }
      : { bounding: granted },
    rlimits: rlimitsOf(wanted),
    noNewPrivileges: false,
    oomScoreAdj: 0,
  };
}

/** Docker's mounts, but where a filesystem in memory takes their place (moby, daemon/oci_linux.go, withMounts). */
function defaultMounts({ tmpfs = [], shmBytes }: WantedContainer): RuntimeMount[] {
  const hidden = (path: string) => tmpfs.some((one) => one.path === path);
  return mounts.filter(({ destination }) =>
    !hidden(destination) && !(hidden("/dev") && destination.startsWith("/dev/"))
  ).map((mount) =>
    shmBytes === undefined || mount.destination !== "/dev/shm"
      ? mount
      : { ...mount, options: [...safe, "mode=1777", `size=${shmBytes}`] }
  );
}

/** What lies deeper is mounted later: a volume at /etc does not hide the files in it. */
function ownMounts({ binds, tmpfs = [] }: WantedContainer): RuntimeMount[] {
  return [
    ...binds.map(({ source, target, readOnly, options = [] }): RuntimeMount => ({
      destination: target,
      type: "bind",
      source,
      options: ["rbind", "rprivate", ...options, ...(readOnly ? ["ro"] : [])],
    })),
    ...tmpfs.map(({ path, options }): RuntimeMount => ({
      destination: path,
      type: "tmpfs",
      source: "tmpfs",
      options: ["noexec", "nosuid", "nodev", ...options],
    })),
  ].toSorted((a, b) => parents(a.destination).length - parents(b.destination).length);
}

/** The spec of a container. */
export function dockerDefaults(wanted: WantedContainer): RuntimeSpec {
  return {
    ociVersion: "1.2.0",
    root: { path: wanted.root, readonly: wanted.readOnly ?? false },
    process: dockerProcess(wanted),
    hostname: wanted.hostname,
    mounts: [...defaultMounts(wanted), ...ownMounts(wanted)],
    linux: {
      namespaces: namespaces.filter((type) => type !== "network" || !wanted.sharesNetwork).map((type) => ({
        type,
      })),
      cgroupsPath: wanted.cgroupsPath,
      // The VM's network has the same settings (agent/boot/network.ts).
      ...(!wanted.sharesNetwork && { sysctl }),
      resources: {
        devices: dockerDevices,
        memory: { limit: wanted.memoryLimit },
        pids: { limit: wanted.pidsLimit ?? DEFAULT_PIDS },
      },
      maskedPaths,
      readonlyPaths,
      seccomp: seccompProfile(wanted.arch, capabilitiesOf(wanted)),
    },
  };
}
