import { assertRejects } from "../../tests/harness/assert.ts";
import { guestTest, inGuestRoot, shell } from "../../tests/harness/guest_root.ts";
import { mount, MS, unmount, unmountNow } from "../syscalls/mount.ts";
import { mountExt4 } from "./ext4_disk.ts";

const DISK = "/tmp/disk";
const TARGET = "/storage";
const wanted = { device: "vdd", target: TARGET, what: "a volume" };

/** Has a file be /dev/vdd: a loop device, with its size where the kernel tells it. */
async function withDisk(label: string, how: string, test: () => Promise<void>): Promise<void> {
  await shell(`rm -f ${DISK}; truncate -s 16M ${DISK}; /usr/sbin/mkfs.ext4 -q -F -L ${label} ${DISK}`);
  Deno.mkdirSync("/tmp/block/vdd", { recursive: true });
  Deno.writeTextFileSync("/tmp/block/vdd/size", `${(16 << 20) / 512}`);
  await using stack = new AsyncDisposableStack();
  const loop = await shell(`/usr/sbin/losetup ${how} --find --show ${DISK}`);
  stack.defer(async () => void await shell(`/usr/sbin/losetup --detach ${loop}`));
  await shell(`cp -a ${loop} /dev/vdd`);
  stack.defer(() => Deno.remove("/dev/vdd"));
  mount({ source: "/tmp/block", target: "/sys/block", type: "", flags: MS.BIND });
  stack.defer(() => unmount("/sys/block"));
  await test();
}

inGuestRoot(import.meta.url, () => {
  guestTest("mountExt4() mounts a disk that is read-only, and writes nothing to it", async () => {
    await withDisk("smolvm-storage", "--read-only", async () => {
      await mountExt4({ ...wanted, readOnly: true });
      await assertRejects(() => Deno.writeTextFile(`${TARGET}/file`, ""), Error);
      unmountNow(TARGET);
    });
  });

  guestTest("mountExt4() says of another disk what it is not", async () => {
    await withDisk("somebody-else", "", async () => {
      const words = "Cannot use /dev/vdd as a volume: it has no ext4 filesystem labelled smolvm-storage";
      for (const readOnly of [false, true]) {
        await assertRejects(() => mountExt4({ ...wanted, readOnly }), Error, words);
      }
    });
  });
});
