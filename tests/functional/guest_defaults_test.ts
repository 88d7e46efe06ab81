/**
 * What a container looks like from inside, entry by entry, beside what crun makes of the same root and
 * Docker's defaults on this host.
 *
 * @module
 */
import { assertEquals, assertTrue } from "../harness/assert.ts";
import { maskedPaths, readonlyPaths, writeBundle } from "../harness/docker_bundle.ts";
import { Home } from "../harness/smolvm.ts";
import { slowness } from "../harness/slowness.ts";

const script = new URL("../harness/inside.sh", import.meta.url).pathname;

/** crun needs root and a host of ours; under the lab's kernel it finds no cgroups to its liking. */
const impossible = Deno.uid() !== 0 || slowness > 1;

/** Differences that are meant, by entry, each with its reason. */
const intended: readonly (readonly [RegExp, string])[] = [
  [/^mount-(type|data) \/$/, "an overlay of a disk and the VM's storage, there a folder of this host"],
  [/^mount-root \/$/, "the same"],
  [
    /^mount-[a-z]+ \/etc\/(hosts|hostname|resolv\.conf)$/,
    "lie in the VM's memory, there on this host's disk",
  ],
  [/^(mount-[a-z]+|folder) \/sys\/fs\/cgroup/, "cgroup v2, whatever this host mounts"],
  [/^mount-data \/sys$/, "the filesystem itself is read-only, so that a remount does not help"],
  [/^limit /, "inherited: Docker's from its daemon, crun's here from this process; ours are listed below"],
];

/** Limits that a container is given: 1,024 files and more for who asks, no core file unasked for, processes counted by its cgroup. */
const limits = {
  "limit Max open files": "1024 1048576",
  "limit Max core file size": "0 unlimited",
  "limit Max processes": "unlimited unlimited",
};

/** The two signals that the C library keeps for itself, which this process leaves ignored to those it starts. */
const ownSignals = 0x1_8000_0000n;

/** Runs a program of this host to its end. */
async function host(program: string, ...args: string[]): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(program, { args }).output();
  assertTrue(success, `${program} ${args.join(" ")}: ${new TextDecoder().decode(stderr)}`);
  return new TextDecoder().decode(stdout);
}

/** Entries of the script's output. */
function entries(text: string): Map<string, string> {
  const lines = text.split("\n").filter((line) => line.includes("\t"));
  return new Map(
    lines.map((line) => [line.slice(0, line.indexOf("\t")), line.slice(line.indexOf("\t") + 1)]),
  );
}

/** Namespaces by number become `own` or `shared`. */
function namespaces(inside: Map<string, string>, outside: ReadonlyMap<string, string>): Map<string, string> {
  for (const [name, value] of inside) {
    if (name.startsWith("namespace ")) inside.set(name, outside.get(name) === value ? "shared" : "own");
  }
  return inside;
}

const words = ["sh", "-c", await Deno.readTextFile(script), "inside", ...maskedPaths, ...readonlyPaths];

/** The container's id, which is its hostname, and what it looks like inside. */
async function ofSmolvm(home: Home): Promise<{ id: string; inside: Map<string, string> }> {
  const created = await home.run(["container", "create", "default", "alpine", ...words]);
  assertEquals([created.code, created.stderr], [0, ""]);
  const id = created.stdout.trim();
  const started = await home.run(["container", "start", "default", id]);
  assertEquals([started.code, started.stderr], [0, ""]);
  const outside = await home.run(["vm", "exec", ...words]);
  let logs = "";
  for (const end = Date.now() + 20_000; !logs.includes("end\t") && Date.now() < end;) {
    logs = (await home.run(["container", "logs", "default", id])).stdout;
  }
  return { id, inside: namespaces(entries(logs), entries(outside.stdout)) };
}

const path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

async function ofCrun(home: Home, hostname: string): Promise<Map<string, string>> {
  const folder = await Deno.makeTempDir({ prefix: "bundle-" });
  try {
    const { disk } = JSON.parse((await home.run(["image", "inspect", "--json", "alpine"])).stdout);
    await host("fsck.erofs", `--extract=${folder}/rootfs`, disk);
    await writeBundle({
      folder,
      argv: words,
      env: [`PATH=${path}`, `HOSTNAME=${hostname}`, "HOME=/root"],
      cwd: "/",
      hostname,
      groups: [0, 1, 2, 3, 4, 6, 10, 11, 20, 26, 27],
    });
    // Where a host mixes both versions of cgroups, crun refuses: it is shown the second alone.
    const runtime = `mount -t cgroup2 none /sys/fs/cgroup
      exec crun --root "$1/state" --cgroup-manager=disabled run --bundle "$1" "smolvm-test-$$"`;
    const inside = entries(await host("unshare", "--mount", "sh", "-c", runtime, "sh", folder));
    const ignored = BigInt(`0x${inside.get("status SigIgn")}`) & ~ownSignals;
    inside.set("status SigIgn", ignored.toString(16).padStart(16, "0"));
    return namespaces(inside, entries(await host("sh", "-c", ...words.slice(2))));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test({
  name: "a container is inside what crun makes of Docker's defaults",
  ignore: impossible,
  fn: async () => {
    await using home = new Home();
    const { id, inside: ours } = await ofSmolvm(home);
    const theirs = await ofCrun(home, id);
    assertTrue(ours.size > 100 && theirs.size > 100, `${ours.size} and ${theirs.size} entries`);
    const differences = [...new Set([...ours.keys(), ...theirs.keys()])].sort().flatMap((name) => {
      const [own, other] = [ours.get(name) ?? "absent", theirs.get(name) ?? "absent"];
      // A file of /proc or /sys that one of the kernels does not have.
      if (name.startsWith("path ") && [own, other].includes("missing")) return [];
      if (own === other || intended.some(([pattern]) => pattern.test(name))) return [];
      return [`${name}: ${own}, crun: ${other}`];
    });
    assertEquals(differences, []);
    for (const [name, value] of Object.entries(limits)) assertEquals(ours.get(name), value, name);
  },
});
