import { assertEquals, assertRejects, assertTrue } from "../../tests/harness/assert.ts";
import { guestTest, inGuestRoot } from "../../tests/harness/guest_root.ts";
import { launch } from "../process/spawn.ts";
import { LaunchError } from "../program/prepared.ts";
import { Descriptor, OpenMode } from "../syscalls/descriptor.ts";
import { mount } from "../syscalls/mount.ts";
import { prepareContainer, specOf } from "./prepare.ts";
import { ContainerRoot } from "./rootfs.ts";
import type { RuntimeSpec } from "./runtime_spec.ts";
import { steps } from "./steps.ts";

const request = {
  kind: "container" as const,
  argv: ["true"],
  env: ["A=b"],
  cwd: "/work",
  user: "web",
  stdin: false,
  timeoutMilliseconds: 0,
  id: "0123456789ab",
  image: "f".repeat(64),
  hostname: "box",
  volumes: ["/data"],
  keep: false,
  init: false,
};

/** An image's root with links where a runtime writes. */
const IMAGE = "/tmp/image";

/**
 * Runs a spec and reads what it writes: without its cgroup, whose controllers this host's kernel may lack, and with
 * a limit that needs no CAP_SYS_RESOURCE.
 */
async function run(spec: RuntimeSpec, script: string): Promise<string> {
  const { cgroupsPath: _, ...linux } = spec.linux;
  const limit = { type: "RLIMIT_NOFILE", soft: 512, hard: 512 };
  const process = { ...spec.process, args: ["/bin/sh", "-c", script], cwd: "/", rlimits: [limit] };
  Deno.writeTextFileSync("/tmp/said", "");
  using said = Descriptor.open("/tmp/said", OpenMode.write);
  using nothing = Descriptor.open("/dev/null", OpenMode.readWrite);
  const launched = await launch(steps({ ...spec, linux, process }), {
    stdin: nothing,
    stdout: said,
    stderr: said,
  });
  if (!launched.ok) throw new Error(`${launched.step}: errno ${launched.errno}`);
  await launched.exit;
  return Deno.readTextFileSync("/tmp/said");
}

inGuestRoot(import.meta.url, () => {
  mount({ source: "storage", target: "/storage", type: "tmpfs" });
  Deno.mkdirSync(`${IMAGE}/etc`, { recursive: true });
  Deno.writeTextFileSync(`${IMAGE}/etc/passwd`, "web:x:33:34::/srv:/bin/sh\n");
  Deno.symlinkSync("/outside", `${IMAGE}/etc/hosts`);
  Deno.symlinkSync("../../../data/../etc", `${IMAGE}/work`);

  guestTest(
    "specOf() asks the root who the user is, and binds files where links lead inside it",
    async () => {
      using root = ContainerRoot.mount("c1", IMAGE, false);
      const spec = await specOf(request, root);
      assertEquals([spec.process.user.uid, spec.process.user.gid, spec.process.cwd], [33, 34, "/etc"]);
      assertEquals(spec.process.env?.includes("HOME=/srv"), true);
      const binds = spec.mounts?.flatMap(({ type, destination }) => type === "bind" ? [destination] : []);
      assertEquals(binds?.toSorted(), ["/data", "/etc/hostname", "/etc/resolv.conf", "/outside"]);
      assertEquals(Deno.readTextFileSync(`${root.files}/hostname`), "box\n");
      assertEquals(Deno.readLinkSync(`${root.path}/etc/mtab`), "/proc/mounts");
    },
  );

  guestTest("a spec of specOf() runs as Docker has it", async () => {
    using root = ContainerRoot.mount("c2", "/", false);
    const spec = await specOf({ ...request, user: "", cwd: "", volumes: ["/vol"] }, root);
    const said = await run(
      spec,
      `hostname; cat /etc/hostname; readlink /proc/self/ns/net | grep -c net; grep CapEff /proc/self/status
      echo x > /proc/sys/kernel/domainname; cat /proc/keys | wc -c; ls -d /vol; ulimit -n; cat /proc/self/oom_score_adj
      unshare -n true; ls /dev | tr '\\n' ' '; ip -o link show lo 2>/dev/null | grep -c LOOPBACK,UP`,
    );
    const lines = said.split("\n");
    assertEquals(lines.slice(0, 4), ["box", "box", "1", "CapEff:\t00000000a80425fb"]);
    assertTrue(/Read-only file system/.test(said) && /Operation not permitted/.test(said), said);
    assertTrue(
      /core fd full mqueue null ptmx pts random shm stderr stdin stdout tty urandom zero /.test(said),
      said,
    );
  }, { overlaysRoot: true });

  guestTest("a spec may ask for more than Docker does", async () => {
    using root = ContainerRoot.mount("c3", "/", false);
    const docker = await specOf({ ...request, user: "", cwd: "", volumes: [] }, root);
    Deno.mkdirSync("/tmp/shared");
    const spec: RuntimeSpec = {
      ...docker,
      root: { ...docker.root, readonly: true },
      process: { ...docker.process, noNewPrivileges: true, user: { uid: 33, gid: 33, umask: 0o077 } },
      mounts: [
        ...docker.mounts ?? [],
        { destination: "/scratch", type: "tmpfs", source: "tmpfs", options: ["noexec", "mode=1777"] },
        { destination: "/shared", type: "bind", source: "/tmp/shared", options: ["bind", "ro"] },
      ],
      linux: {
        ...docker.linux,
        devices: [{ type: "c", path: "/dev/own", major: 1, minor: 3, fileMode: 0o600, uid: 33, gid: 34 }],
        sysctl: { "net.ipv4.ip_unprivileged_port_start": "81" },
      },
    };
    const said = await run(
      spec,
      `id -u; umask; touch /scratch/a && echo scratch; touch /shared/b; touch /etc/c
      stat -c '%u %g %a' /dev/own; cat /proc/sys/net/ipv4/ip_unprivileged_port_start; grep NoNewPrivs /proc/self/status`,
    );
    const refused = said.match(/Read-only file system/g)?.length;
    const lines = said.split("\n").filter((line) => !line.includes("Read-only"));
    assertEquals([refused, lines], [2, ["33", "0077", "scratch", "33 34 600", "81", "NoNewPrivs:\t1", ""]]);
  }, { overlaysRoot: true });

  guestTest(
    "a container may be read-only, with filesystems in memory that have the modes they hide",
    async () => {
      using root = ContainerRoot.mount("c5", "/", false);
      Deno.mkdirSync(`${root.path}/srv/own`, { recursive: true });
      Deno.chmodSync(`${root.path}/srv/own`, 0o2750);
      const spec = await specOf({
        ...request,
        user: "",
        cwd: "",
        volumes: ["/data", "/srv/own"],
        readOnly: true,
        tmpfs: [{ path: "/srv/own", options: ["size=1m"] }, { path: "/fresh", options: ["exec", "ro"] }],
        capDrop: ["ALL"],
        capAdd: ["CAP_KILL"],
      }, root);
      const said = await run(
        spec,
        `touch /a || touch /etc/hosts || touch /fresh/a || echo none; touch /data/a /srv/own/a /dev/shm/a && echo three
      stat -c '%a %n' /srv/own /fresh; grep -c ' /srv/own ' /proc/mounts; grep CapEff /proc/self/status`,
      );
      const lines = said.split("\n").filter((line) => !line.includes("Read-only file system"));
      const caps = "CapEff:\t0000000000000020";
      assertEquals(lines, ["none", "three", "2750 /srv/own", "1777 /fresh", "1", caps, ""], said);
    },
    { overlaysRoot: true },
  );

  guestTest("prepareContainer() leaves nothing when it cannot", async () => {
    const error = await assertRejects(() => prepareContainer(request), LaunchError);
    assertEquals([error.exitCode, error.step], [125, "mount image"]);
    assertEquals(Deno.readTextFileSync("/proc/self/mounts").includes(`containers/${request.id}`), false);
  });

  guestTest(
    "specOf() refuses an image that has a link where the kernel's filesystems are mounted",
    async () => {
      Deno.mkdirSync("/tmp/sly");
      Deno.symlinkSync("/etc", "/tmp/sly/proc");
      using root = ContainerRoot.mount("c4", "/tmp/sly", false);
      await assertRejects(() => specOf(request, root), Error, "/proc is a link");
    },
  );
});
