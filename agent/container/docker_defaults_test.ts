import { assertEquals, assertTrue } from "../../tests/harness/assert.ts";
import { writeBundle } from "../../tests/harness/docker_bundle.ts";
import { capabilitySet } from "./capabilities.ts";
import { capabilitiesOf, DEFAULT_PIDS, dockerDefaults } from "./docker_defaults.ts";
import type { RuntimeMount, RuntimeSpec } from "./runtime_spec.ts";
import { steps } from "./steps.ts";

const root = { uid: 0, gid: 0, groups: [0, 1, 2], home: "/root" };

const wanted = {
  root: "/bundle/rootfs",
  cgroupsPath: "/container-x",
  hostname: "box",
  user: root,
  cwd: "",
  args: ["true"],
  env: ["A=b"],
  binds: ["resolv.conf", "hostname", "hosts"].map((name) => ({
    source: `/bundle/${name}`,
    target: `/etc/${name}`,
  })),
  memoryLimit: 1 << 20,
  arch: "x86_64",
} as const;

const spec = dockerDefaults(wanted);

/** The bundle that crun is given in tests/functional/guest_defaults_test.ts. */
async function bundle(): Promise<RuntimeSpec> {
  const folder = await Deno.makeTempDir();
  try {
    const env = spec.process.env ?? [];
    await writeBundle({ folder, argv: ["true"], env, cwd: "/", hostname: "box", groups: root.groups });
    const text = await Deno.readTextFile(`${folder}/config.json`);
    return JSON.parse(text.replaceAll(folder, "/bundle"));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** A mount with its options in order, and sizes in one unit. */
function comparable({ destination, type, source, options = [] }: RuntimeMount) {
  const words = options.map((word) => word === "size=67108864" ? "size=65536k" : word).toSorted();
  return [destination, type, source, words.join(",")].join(" ");
}

Deno.test("dockerDefaults() is what Docker writes into a bundle", async () => {
  const docker = await bundle();
  assertEquals(spec.mounts?.map(comparable).toSorted(), docker.mounts?.map(comparable).toSorted());
  assertEquals(spec.linux.maskedPaths, docker.linux.maskedPaths);
  assertEquals(spec.linux.readonlyPaths, docker.linux.readonlyPaths);
  assertEquals(spec.linux.namespaces, docker.linux.namespaces);
  const { user, capabilities, cwd, env, noNewPrivileges } = docker.process;
  assertEquals({ ...spec.process.user, umask: undefined }, { ...user, umask: undefined });
  assertEquals(spec.process.capabilities, capabilities);
  assertEquals([spec.process.cwd, spec.process.env, spec.process.noNewPrivileges], [
    cwd,
    env,
    noNewPrivileges,
  ]);
});

Deno.test("steps() makes nearly the same plan of Docker's own bundle", async () => {
  const docker = await bundle();
  const kinds = (of: RuntimeSpec) =>
    steps(of).map((step) => step.op === "mount" || step.op === "bind" ? `${step.op} ${step.target}` : step.op)
      .filter((kind) => !["write", "rlimit", "seccomp"].includes(kind)).toSorted();
  assertEquals(kinds(docker), kinds(spec));
});

Deno.test("dockerDefaults() leaves a container in the VM's network where it shares that, and sets nothing of it", () => {
  const { linux } = dockerDefaults({ ...wanted, sharesNetwork: true });
  assertEquals(linux.namespaces?.map(({ type }) => type), ["mount", "uts", "pid", "ipc", "cgroup"]);
  assertEquals(linux.sysctl, undefined);
  const ops = steps({ ...spec, linux }).map(({ op }) => op);
  assertTrue(!ops.includes("loopback"));
});

Deno.test("dockerDefaults() gives root Docker's capabilities, as they show in /proc/self/status", () => {
  assertEquals(capabilitySet(spec.process.capabilities?.effective ?? []).toString(16), "a80425fb");
});

Deno.test("dockerDefaults() gives another user the same bounding set, and no capability", () => {
  const { process } = dockerDefaults({ ...wanted, user: { ...root, uid: 33 } });
  assertEquals(process.capabilities, { bounding: spec.process.capabilities?.bounding });
});

Deno.test("dockerDefaults() completes the environment and the working directory", () => {
  assertEquals(spec.process.cwd, "/");
  const env = spec.process.env ?? [];
  assertTrue(
    ["A=b", "HOME=/root", "HOSTNAME=box"].every((word) => env.includes(word)) && /^PATH=/.test(env[0] ?? ""),
  );
});

Deno.test("dockerDefaults() binds what lies deeper later, so that nothing is hidden", () => {
  const binds = [{ source: "/hosts", target: "/etc/hosts" }, { source: "/volume", target: "/etc" }];
  const { mounts = [] } = dockerDefaults({ ...wanted, binds });
  assertEquals(mounts.slice(-2).map(({ destination }) => destination), ["/etc", "/etc/hosts"]);
});

Deno.test("dockerDefaults() lets any user listen on any port and ping, in the container's own network", () => {
  // As daemon/oci_linux.go does for a container without a user namespace.
  assertEquals(spec.linux.sysctl, {
    "net.ipv4.ip_unprivileged_port_start": "0",
    "net.ipv4.ping_group_range": "0 2147483647",
  });
  const written = steps(spec).flatMap((step) => step.op === "write" ? [[step.path, step.text]] : []);
  assertEquals(written.filter(([path]) => path?.startsWith("/proc/sys/")), [
    ["/proc/sys/net/ipv4/ip_unprivileged_port_start", "0"],
    ["/proc/sys/net/ipv4/ping_group_range", "0 2147483647"],
  ]);
});

Deno.test("dockerDefaults() gives 1,024 descriptors, of which a program may have 1,048,576", () => {
  const descriptors = spec.process.rlimits?.find(({ type }) => type === "RLIMIT_NOFILE");
  assertEquals(descriptors, { type: "RLIMIT_NOFILE", soft: 1_024, hard: 1_048_576 });
});

Deno.test("dockerDefaults() limits processes where nobody names a limit", () => {
  assertEquals(spec.linux.resources?.pids, { limit: DEFAULT_PIDS });
  assertEquals(dockerDefaults({ ...wanted, pidsLimit: 8 }).linux.resources?.pids, { limit: 8 });
});

Deno.test("capabilitiesOf() adds and drops as Docker does", () => {
  const all = capabilitiesOf({ capAdd: ["ALL"] });
  assertEquals(capabilitySet(all), (1n << 41n) - 1n);
  assertEquals(capabilitiesOf({ capDrop: ["ALL"] }), []);
  assertEquals(capabilitiesOf({ capDrop: ["ALL"], capAdd: ["CAP_CHOWN"] }), ["CAP_CHOWN"]);
  assertEquals(capabilitiesOf({ capAdd: ["ALL"], capDrop: ["CAP_CHOWN"] }).length, all.length - 1);
  assertEquals(capabilitiesOf({ capAdd: ["ALL"], capDrop: ["ALL"] }), all);
  const changed = capabilitiesOf({
    capAdd: ["CAP_SYS_TIME", "CAP_KILL"],
    capDrop: ["CAP_MKNOD", "CAP_KILL"],
  });
  assertEquals(capabilitySet(changed) ^ 0xa80425fbn, 1n << 25n | 1n << 27n);
});

Deno.test("dockerDefaults() replaces limits by name, and leaves the others", () => {
  const { process } = dockerDefaults({
    ...wanted,
    ulimits: [{ name: "nofile", soft: 5, hard: 6 }, { name: "memlock", soft: -1, hard: -1 }],
  });
  const limit = (name: string) => process.rlimits?.filter(({ type }) => type === `RLIMIT_${name}`);
  assertEquals(limit("NOFILE"), [{ type: "RLIMIT_NOFILE", soft: 5, hard: 6 }]);
  assertEquals(limit("MEMLOCK"), [{ type: "RLIMIT_MEMLOCK", soft: 2 ** 64, hard: 2 ** 64 }]);
  assertEquals(process.rlimits?.length, (spec.process.rlimits?.length ?? 0) + 1);
});

Deno.test("dockerDefaults() mounts filesystems in memory in place of what Docker has there, deeper ones later", () => {
  const { mounts = [] } = dockerDefaults({
    ...wanted,
    tmpfs: [{ path: "/etc/deep/er", options: [] }, { path: "/dev/shm", options: ["exec"] }],
    shmBytes: 4096,
  });
  const at = (path: string) => mounts.filter(({ destination }) => destination === path);
  assertEquals(at("/dev/shm"), [
    {
      destination: "/dev/shm",
      type: "tmpfs",
      source: "tmpfs",
      options: ["noexec", "nosuid", "nodev", "exec"],
    },
  ]);
  assertEquals(mounts.at(-1)?.destination, "/etc/deep/er");
});

Deno.test("dockerDefaults() sizes /dev/shm, and makes the root and the generated files read-only", () => {
  const binds = wanted.binds.map((bind) => ({ ...bind, readOnly: true }));
  const changed = dockerDefaults({ ...wanted, binds, shmBytes: 4096, readOnly: true });
  const options = (path: string) => changed.mounts?.find((mount) => mount.destination === path)?.options;
  assertEquals(options("/dev/shm")?.slice(-2), ["mode=1777", "size=4096"]);
  assertEquals([changed.root.readonly, options("/etc/hosts")], [true, ["rbind", "rprivate", "ro"]]);
});
