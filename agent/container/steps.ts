/**
 * The plan of a container: OCI's and Docker's defaults as an ordered list of steps. Pure.
 *
 * @module
 */
import type { Step } from "../launch/plan.ts";
import { MS } from "../syscalls/mount.ts";
import { DEFAULT_CAPABILITIES } from "./capabilities.ts";
import { deviceSteps } from "./devices.ts";
import type { ResolvedUser } from "../program/passwd.ts";
import { seccompProgram } from "./seccomp.ts";

/** What a container's plan is made of. */
export interface ContainerPlan {
  /** Absolute path of the mounted root. */
  readonly root: string;
  /** Absolute path of its cgroup. */
  readonly cgroup: string;
  readonly hostname: string;
  readonly user: ResolvedUser;
  readonly cwd: string;
  readonly argv: readonly string[];
  readonly env: readonly string[];
  readonly init: boolean;
  /** Files and folders of the VM bound into the root: generated ones and volumes. No target leads over a link. */
  readonly binds: readonly { readonly source: string; readonly target: string }[];
  readonly arch: "x86_64" | "aarch64";
}

/** CLONE_NEW* of linux/sched.h. */
const NEWNS = 0x0002_0000;
const NEWCGROUP = 0x0200_0000;
const NEWUTS = 0x0400_0000;
const NEWIPC = 0x0800_0000;
const NEWPID = 0x2000_0000;
const NEWNET = 0x4000_0000;

/** RLIMIT_* of linux/resource.h and what a container gets. */
const RLIMIT_CORE = 4;
const RLIMIT_NPROC = 6;
const RLIMIT_NOFILE = 7;
const UNLIMITED = 2n ** 64n - 1n;

/** Paths of /proc and /sys that tell of the machine or reach into it (Docker's masked paths). */
const maskedFolders = [
  "/proc/acpi",
  "/proc/asound",
  "/proc/scsi",
  "/sys/firmware",
  "/sys/devices/virtual/powercap",
];
const maskedFiles = [
  "/proc/interrupts",
  "/proc/kcore",
  "/proc/keys",
  "/proc/latency_stats",
  "/proc/sched_debug",
  "/proc/timer_list",
  "/proc/timer_stats",
];

/** Paths that may be read but not written (Docker's read-only paths). */
const readOnly = ["/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"];

/** The agent's own is out of the kernel's reach. Written while /proc is the VM's: a container's may be its own. */
export const ownScore: Step = { op: "write", path: "/proc/self/oom_score_adj", text: "0" };

/** The whole plan, in the order launch.c performs it. */
export function containerSteps(plan: ContainerPlan): Step[] {
  // A volume at /etc does not hide the files in it.
  const binds = plan.binds.toSorted((a, b) => parents(a.target).length - parents(b.target).length);
  return [
    // Joined before the namespaces, so that the cgroup namespace begins here and limits hold from the start.
    { op: "write", path: `${plan.cgroup}/cgroup.procs`, text: "0" },
    { op: "unshare", flags: NEWNS | NEWUTS | NEWIPC | NEWNET | NEWPID | NEWCGROUP },
    { op: "fork" },
    { op: "setsid" },
    ownScore,
    { op: "umask", mask: 0 },
    { op: "mount", source: "", target: "/", type: "", flags: MS.REC | MS.PRIVATE },
    // Cloned now, because the VM's root is out of sight once the container's is in place, and every path
    // from then on is resolved inside it.
    ...binds.map(({ source }, slot): Step => ({ op: "tree", slot, path: source })),
    { op: "pivot", root: plan.root },
    ...filesystemSteps(),
    ...deviceSteps(),
    // While /dev is ours alone: a volume over it could say that null is something else (CVE-2025-31133).
    ...maskSteps(),
    // An image may lack any folder: one static program is an image.
    ...binds.flatMap(({ target }, slot): Step[] => [
      ...folders(parents(target).slice(0, -1)),
      { op: "bind", slot, target, flags: 0 },
    ]),
    { op: "loopback" },
    { op: "hostname", name: plan.hostname },
    ...folders(parents(plan.cwd)),
    ...privilegeSteps(plan),
    { op: "exec", argv: plan.argv, env: plan.env },
  ];
}

/** /proc, /dev and /sys (runtime-spec config-linux.md, "Default Filesystems"). */
function filesystemSteps(): Step[] {
  const safe = MS.NOSUID | MS.NODEV | MS.NOEXEC;
  return [
    ...folders(["/proc", "/dev", "/sys"]),
    { op: "mount", source: "proc", target: "/proc", type: "proc", flags: safe },
    {
      op: "mount",
      source: "tmpfs",
      target: "/dev",
      type: "tmpfs",
      flags: MS.NOSUID | MS.STRICTATIME,
      data: "mode=755,size=65536k",
    },
    ...folders(["/dev/pts", "/dev/shm", "/dev/mqueue"]),
    {
      op: "mount",
      source: "devpts",
      target: "/dev/pts",
      type: "devpts",
      flags: MS.NOSUID | MS.NOEXEC,
      data: "newinstance,ptmxmode=0666,mode=0620,gid=5",
    },
    {
      op: "mount",
      source: "shm",
      target: "/dev/shm",
      type: "tmpfs",
      flags: safe,
      data: "mode=1777,size=65536k",
    },
    { op: "mount", source: "mqueue", target: "/dev/mqueue", type: "mqueue", flags: safe },
    { op: "mount", source: "sysfs", target: "/sys", type: "sysfs", flags: safe | MS.RDONLY },
    { op: "mount", source: "cgroup", target: "/sys/fs/cgroup", type: "cgroup2", flags: safe | MS.RDONLY },
  ];
}

function maskSteps(): Step[] {
  const empty = {
    source: "tmpfs",
    type: "tmpfs",
    flags: MS.RDONLY,
    data: "size=0k",
    ignoreMissing: true,
  } as const;
  const safe = MS.NOSUID | MS.NODEV | MS.NOEXEC;
  return [
    ...maskedFolders.map((target): Step => ({ op: "mount", target, ...empty })),
    ...maskedFiles.flatMap((target) => readOnlyBind("/dev/null", target, MS.NOSUID | MS.NOEXEC)),
    ...readOnly.flatMap((target) => readOnlyBind(target, target, safe)),
  ];
}

function readOnlyBind(source: string, target: string, flags: number): Step[] {
  const bind = { op: "mount", target, type: "", ignoreMissing: true } as const;
  return [
    { ...bind, source, flags: MS.BIND | MS.REC },
    { ...bind, source: "", flags: MS.BIND | MS.REMOUNT | MS.RDONLY | flags },
  ];
}

/** Limits first, the filter while it may still be set, then the identity, then what identity allows. */
export function privilegeSteps(plan: Omit<ContainerPlan, "root" | "cgroup" | "hostname" | "binds">): Step[] {
  const { user } = plan;
  const steps: Step[] = [
    { op: "rlimit", resource: RLIMIT_NOFILE, soft: 1_048_576n, hard: 1_048_576n },
    { op: "rlimit", resource: RLIMIT_CORE, soft: 0n, hard: UNLIMITED },
    // The kernel counts by user over the whole VM; the cgroup counts the container.
    { op: "rlimit", resource: RLIMIT_NPROC, soft: UNLIMITED, hard: UNLIMITED },
    { op: "umask", mask: 0o022 },
    { op: "chdir", path: plan.cwd || "/" },
    { op: "bounding", capabilities: DEFAULT_CAPABILITIES },
    { op: "seccomp", program: seccompProgram(plan.arch) },
    { op: "ids", uid: user.uid, gid: user.gid, groups: user.groups },
  ];
  // Any other user lost all with its uid, as Docker has it.
  if (user.uid === 0) steps.push({ op: "capset", capabilities: DEFAULT_CAPABILITIES });
  if (plan.init) steps.push({ op: "init" });
  return steps;
}

function folders(paths: readonly string[]): Step[] {
  return paths.map((path) => ({ op: "mkdir", path, mode: 0o755 }));
}

/** Every folder from the root down to a path: `/a`, `/a/b`. */
export function parents(path: string): string[] {
  const names = path.split("/").filter((name) => name !== "" && name !== ".");
  return names.map((_, index) => "/" + names.slice(0, index + 1).join("/"));
}
