import { assertEquals, assertRejects } from "../../tests/harness/assert.ts";
import { guestTest, inGuestRoot, shell } from "../../tests/harness/guest_root.ts";
import { encodeBootWords } from "../../src/guest_protocol/boot.ts";
import { mount, MS, unmount, unmountNow } from "../syscalls/mount.ts";
import { mountStorage, STORAGE } from "./storage.ts";

const DISK = "/tmp/disk";

/** What a test's disk is like. */
interface Disk {
  readonly label?: string;
  /** Size of the filesystem and of the disk, in MiB. */
  readonly filesystem: number;
  readonly disk: number;
}

/** Has a file be /dev/vdb: a loop device, with its size where the kernel tells it, and its name on the command line. */
async function withDisk({ label = "smolvm-storage", filesystem, disk }: Disk, test: () => Promise<void>) {
  Deno.writeTextFileSync(DISK, "");
  Deno.truncateSync(DISK, disk << 20);
  await shell(`/usr/sbin/mkfs.ext4 -q -F -L ${label} ${DISK} ${filesystem}M`);
  Deno.mkdirSync("/tmp/block/vdb", { recursive: true });
  Deno.writeTextFileSync("/tmp/block/vdb/size", `${(disk << 20) / 512}`);
  Deno.writeTextFileSync("/tmp/cmdline", encodeBootWords({ storage: "vdb", rootWritable: false }).join(" "));
  await using stack = new AsyncDisposableStack();
  const loop = await shell(`/usr/sbin/losetup --find --show ${DISK}`);
  stack.defer(async () => void await shell(`/usr/sbin/losetup --detach ${loop}`));
  await shell(`cp -a ${loop} /dev/vdb`);
  stack.defer(() => Deno.remove("/dev/vdb"));
  for (const [source, target] of [["/tmp/block", "/sys/block"], ["/tmp/cmdline", "/proc/cmdline"]] as const) {
    mount({ source, target, type: "", flags: MS.BIND });
    stack.defer(() => unmount(target));
  }
  await test();
}

/** Size of what is mounted as the storage, in MiB. */
async function size(): Promise<number> {
  const [blocks = 0, bytes = 0] = (await shell(`stat -f -c '%b %S' ${STORAGE}`)).split(" ").map(Number);
  return blocks * bytes / (1 << 20);
}

/** What a filesystem says of itself. */
async function stateOf(device: string): Promise<string | undefined> {
  return /^Filesystem state:\s+(.*)$/m.exec(await shell(`/usr/sbin/dumpe2fs -h ${device}`))?.[1];
}

inGuestRoot(import.meta.url, () => {
  guestTest("mountStorage() mounts the disk that the host names", async () => {
    await withDisk({ filesystem: 16, disk: 16 }, async () => {
      await mountStorage();
      Deno.writeTextFileSync(`${STORAGE}/file`, "written");
      const line = Deno.readTextFileSync("/proc/self/mounts").split("\n").find((one) =>
        one.includes(` ${STORAGE} `)
      );
      assertEquals(line?.startsWith(`/dev/vdb ${STORAGE} ext4 rw,nodev,`), true);
      unmountNow(STORAGE);
    });
  });

  guestTest("mountStorage() grows a filesystem that is much smaller than its disk", async () => {
    await withDisk({ filesystem: 16, disk: 128 }, async () => {
      await mountStorage();
      assertEquals(await size() > 90, true);
      unmountNow(STORAGE);
    });
  });

  guestTest("mountStorage() repairs a filesystem that says it is damaged", async () => {
    await withDisk({ filesystem: 16, disk: 16 }, async () => {
      // As the kernel marks it: s_state has EXT4_ERROR_FS.
      await shell("/usr/sbin/debugfs -w -R 'set_super_value state 2' /dev/vdb");
      assertEquals(await stateOf("/dev/vdb"), "not clean with errors");
      await mountStorage();
      Deno.writeTextFileSync(`${STORAGE}/file`, "written");
      unmountNow(STORAGE);
      assertEquals(await stateOf("/dev/vdb"), "clean");
    });
  });

  guestTest("mountStorage() does not write to a disk of another label", async () => {
    await withDisk({ label: "somebody-else", filesystem: 16, disk: 16 }, async () => {
      const words = "Cannot use /dev/vdb as the storage: it has no ext4 filesystem labelled smolvm-storage";
      await assertRejects(() => mountStorage(), Error, words);
    });
  });
});
