import { assertEquals, assertMatch } from "../../tests/harness/assert.ts";
import { guestTest, inGuestRoot, processes, shell } from "../../tests/harness/guest_root.ts";
import { encodeBootWords } from "../../src/guest_protocol/boot.ts";

const DISK = "/tmp/disk";

/** The file beside this one. */
const source = (path: string) => JSON.stringify(new URL(path, import.meta.url).href);

/** A process 1 that has a container's mount and a child that writes to the storage, and then ends the VM. */
const program = `
  import { powerOff } from ${source("./shutdown.ts")};
  import { mount, MS } from ${source("../syscalls/mount.ts")};
  mount({ source: "/tmp/cmdline", target: "/proc/cmdline", type: "", flags: MS.BIND });
  mount({ source: Deno.args[0], target: "/storage", type: "ext4" });
  Deno.writeTextFileSync("/storage/held", "");
  Deno.mkdirSync("/run/smolvm/containers/c1/root", { recursive: true });
  mount({ source: "/storage", target: "/run/smolvm/containers/c1/root", type: "", flags: MS.BIND });
  const writes = "exec 3>>/storage/held; trap '' TERM HUP; while :; do echo line >&3; done";
  new Deno.Command("/bin/sh", { args: ["-c", writes], stdin: "null" }).spawn();
  while (Deno.statSync("/storage/held").size === 0) await new Promise((done) => setTimeout(done, 5));
  await powerOff();
`;

/** Runs it in a pid namespace below this one to its end, and looks at the disk that it leaves. */
async function endOf(rootWritable: boolean): Promise<{ status: string; disk: string; file: string }> {
  Deno.writeTextFileSync("/tmp/cmdline", encodeBootWords({ storage: "vdb", rootWritable }).join(" "));
  Deno.writeTextFileSync("/tmp/program.ts", program);
  await shell(`rm -f ${DISK} && truncate -s 16M ${DISK} && /usr/sbin/mkfs.ext4 -q -F ${DISK}`);
  const loop = await shell(`/usr/sbin/losetup --find --show ${DISK}`);
  try {
    const deno = `${Deno.execPath()} run --quiet --allow-all --no-check /tmp/program.ts ${loop}`;
    const said = await shell(`unshare --pid --fork --mount --mount-proc ${deno}; echo "status $?"`);
    return {
      status: said.split("\n").at(-1) ?? "",
      disk: await shell(`/usr/sbin/dumpe2fs -h ${loop}`),
      file: await shell(`/usr/sbin/debugfs -R 'cat held' ${loop} | head -1`),
    };
  } finally {
    await shell(`/usr/sbin/losetup --detach ${loop}`);
  }
}

inGuestRoot(import.meta.url, () => {
  for (const rootWritable of [false, true]) {
    guestTest(`powerOff() leaves a clean disk, the root on it: ${rootWritable}`, async () => {
      const { status, disk, file } = await endOf(rootWritable);
      // reboot(2) in a pid namespace that is not the first ends its process 1 with SIGHUP.
      assertEquals(status, "status 129");
      assertMatch(disk, /^Filesystem state:\s+clean$/m);
      assertEquals(/needs_recovery/.test(disk), false);
      assertMatch(file, /line$/);
      assertEquals(processes().filter(({ words }) => words.join(" ").includes("/storage/held")), []);
    });
  }
});
