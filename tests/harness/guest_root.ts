/**
 * Has the tests of a file run where the agent may do as it does in a guest, without a VM: as process 1 of a pid
 * namespace, with mounts, a network and a hostname of its own, in an overlay of this host's root that is thrown
 * away. The launcher is where a guest has it. The kernel is this host's: cgroups have no controllers there.
 *
 * @module
 */
import { fileURLToPath } from "node:url";
import { startReaper, stopReaper } from "../../agent/process/reaper.ts";
import { runTool } from "../../agent/process/tool.ts";
import { assertTrue } from "./assert.ts";
import { compileC } from "./compile_c.ts";

/** Says to a file's second run that it is the one inside. */
const INSIDE = "SMOLVM_TEST_GUEST_ROOT";

/** Says to a file's second run that this host's own root is an overlay. */
const STACKED = "SMOLVM_TEST_STACKED_ROOT";

const project = fileURLToPath(new URL("../..", import.meta.url));
const launcherSource = `${project}agent/launch/launch.c`;

/** Namespaces by unshare(1). */
const namespaces = ["--mount", "--pid", "--fork", "--uts", "--net", "--ipc", "--propagation", "private"];

/** Makes the root in $1, puts the launcher $2 into it, and runs the rest of the words there. */
const enter = `set -e
  place=$1 launcher=$2; shift 2
  mount -t tmpfs tmpfs "$place"
  mkdir "$place/upper" "$place/work" "$place/root" "$place/tmp-upper" "$place/tmp-work"
  mount -t overlay -o "lowerdir=/,upperdir=$place/upper,workdir=$place/work" overlay "$place/root"
  mount --rbind /sys "$place/root/sys"
  # Nodes of its own: what a test makes there is not made on this host. What is said on the console is dropped.
  mount -t tmpfs -o mode=755 dev "$place/root/dev"
  for node in null zero full random urandom tty loop-control loop0 loop1 loop2 loop3 loop4 loop5 loop6 loop7; do
    if [ -e "/dev/$node" ]; then cp -a "/dev/$node" "$place/root/dev/"; fi
  done
  mknod "$place/root/dev/console" c 1 3
  mkdir "$place/root/dev/pts"
  mount -t devpts -o newinstance,ptmxmode=0666,mode=0620,gid=5 devpts "$place/root/dev/pts"
  ln -s pts/ptmx "$place/root/dev/ptmx"
  # What lies on a disk of its own is not in the overlay.
  awk '$2 ~ "^/(home|root|work|usr|opt|var|tmp|mnt)(/|$)" { print $2 }' /proc/mounts | while read -r path; do
    case $path in
      "$place"*) ;;
      # Tests that run side by side write here under the same names.
      /tmp) mount -t overlay -o "lowerdir=/tmp,upperdir=$place/tmp-upper,workdir=$place/tmp-work" overlay "$place/root/tmp" ;;
      *) mount --bind "$path" "$place/root$path" ;;
    esac
  done
  mount -t proc proc "$place/root/proc"
  cp "$launcher" "$place/root/sbin/smolvm-launch"
  mkdir -p "$place/root/storage"
  exec chroot "$place/root" sh -c 'cd "$0" && exec "$@"' "$PWD" "$@"`;

/**
 * Registers the tests of a file inside; outside, one test that runs them.
 *
 * @param file the test file's `import.meta.url`
 * @param tests registers them with Deno.test
 */
export function inGuestRoot(file: string, tests: () => void): void {
  if (Deno.env.get(INSIDE) === "1") return tests();
  Deno.test({
    name: `in a guest's root: ${file.slice(file.lastIndexOf("/") + 1)}`,
    // Mounts and namespaces are root's, and Linux's.
    ignore: Deno.build.os !== "linux" || Deno.uid() !== 0,
    fn: async () => {
      const folder = await Deno.makeTempDir({ prefix: "guest-root-" });
      try {
        const [place, launcher] = [`${folder}/place`, `${folder}/launch`];
        await Deno.mkdir(place);
        await compileC(launcherSource, launcher, ["-static"]);
        const words = ["test", "--allow-all", "--no-check", "--permit-no-files", fileURLToPath(file)];
        const { success, stdout, stderr } = await new Deno.Command("unshare", {
          cwd: project,
          args: [...namespaces, "sh", "-c", enter, "sh", place, launcher, Deno.execPath(), ...words],
          env: { [INSIDE]: "1", [STACKED]: isOverlay("/") ? "1" : "0", NO_COLOR: "1" },
        }).output();
        const said = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes)).join("");
        assertTrue(success && /\b[1-9]\d* passed\b/.test(said), said);
      } finally {
        await Deno.remove(folder, { recursive: true });
      }
    },
  });
}

/** Whether a mount point is an overlay (proc_pid_mounts(5)); the last mount there is the one that is seen. */
function isOverlay(path: string): boolean {
  const mounts = Deno.readTextFileSync("/proc/self/mounts").split("\n").map((line) => line.split(" "));
  return mounts.findLast(([, target]) => target === path)?.[2] === "overlay";
}

/** What a test inside needs. */
export interface GuestTestOptions {
  /**
   * Whether the test lays an overlay over `/`, which is one itself. Linux stacks two at most
   * (FILESYSTEM_MAX_STACK_DEPTH, include/linux/fs.h), so the test is left out where this host's own root is an
   * overlay, as in a container; tests/functional does the same in VMs.
   */
  readonly overlaysRoot?: boolean;
}

/** A test inside, with the agent's reaper at work. */
export function guestTest(
  name: string,
  fn: () => void | Promise<void>,
  { overlaysRoot = false }: GuestTestOptions = {},
): void {
  Deno.test({
    name,
    ignore: overlaysRoot && Deno.env.get(STACKED) === "1",
    // The reactor's one wait goes on from test to test, as it does in the agent.
    sanitizeOps: false,
    fn: async () => {
      startReaper();
      // Waiting for SIGCHLD alone does not keep Deno's event loop; in a guest the link does.
      const timer = setInterval(() => {}, 1_000);
      try {
        await fn();
      } finally {
        clearInterval(timer);
        stopReaper();
      }
    },
  });
}

/**
 * What a script of this host prints inside. Not by Deno.Command: the agent's reaper takes every child's end.
 *
 * @throws {Error} with what it printed, when its exit code is not 0
 */
export async function shell(script: string): Promise<string> {
  const output = await Deno.makeTempFile({ dir: "/run" });
  const code = await runTool(["/bin/sh", "-c", script], output);
  const said = (await Deno.readTextFile(output)).trim();
  if (code !== 0) throw new Error(`${script} ended with ${code}: ${said}`);
  return said;
}

/** A process of the namespace. */
export interface Process {
  readonly pid: number;
  /** The letter of proc_pid_status(5): `S`, `Z`, … */
  readonly state: string;
  readonly words: readonly string[];
}

/** All processes of the namespace. */
export function processes(): Process[] {
  return [...Deno.readDirSync("/proc")].filter(({ name }) => /^\d+$/.test(name)).flatMap(({ name }) => {
    try {
      const state = /^State:\s+(\w)/m.exec(Deno.readTextFileSync(`/proc/${name}/status`))?.[1] ?? "";
      const words = Deno.readTextFileSync(`/proc/${name}/cmdline`).split("\0").slice(0, -1);
      return [{ pid: Number(name), state, words }];
    } catch {
      // It ended meanwhile.
      return [];
    }
  });
}
