import { assertEquals, assertRejects } from "../../tests/harness/assert.ts";
import { guestTest, inGuestRoot, shell } from "../../tests/harness/guest_root.ts";
import { LaunchError } from "../program/prepared.ts";
import { mount, MS, unmountNow } from "../syscalls/mount.ts";
import { ContainerRoot } from "./rootfs.ts";
import { shareWithRoot } from "./shares.ts";
import { DISKS } from "../disks/ext4_disk.ts";
import { fillVolumes, volumePath } from "./volume_disks.ts";

const IMAGE = "/tmp/image";

const volume = (place: string, target = "/data", more = {}) => ({
  ...{ place, target, readOnly: false, copy: true },
  ...more,
});

/** Loop devices, which are this host's own. */
const loops: string[] = [];

/** Has a file be a block device of the guest. */
async function disk(place: string, readOnly: boolean): Promise<void> {
  const file = `/tmp/${place}`;
  await shell(`truncate -s 16M ${file}; /usr/sbin/mkfs.ext4 -q -F -L smolvm-storage ${file}`);
  const loop = await shell(`/usr/sbin/losetup ${readOnly ? "--read-only" : ""} --find --show ${file}`);
  loops.push(loop);
  await shell(`cp -a ${loop} /dev/${place}; mkdir -p /tmp/block/${place}`);
  Deno.writeTextFileSync(`/tmp/block/${place}/size`, `${(16 << 20) / 512}`);
  Deno.writeTextFileSync(`/tmp/block/${place}/ro`, readOnly ? "1\n" : "0\n");
}

inGuestRoot(import.meta.url, () => {
  mount({ source: "storage", target: "/storage", type: "tmpfs" });
  Deno.mkdirSync(`${IMAGE}/data/below`, { recursive: true });
  Deno.writeTextFileSync(`${IMAGE}/data/below/file`, "image");
  Deno.chmodSync(`${IMAGE}/data`, 0o2770);
  Deno.chownSync(`${IMAGE}/data`, 7, 8);
  Deno.mkdirSync("/tmp/block");

  guestTest(
    "fillVolumes() has an empty volume begin as what the image has, once for each container",
    async () => {
      await disk("vdd", false);
      await disk("vde", true);
      mount({ source: "/tmp/block", target: "/sys/block", type: "", flags: MS.BIND });
      const content = await volumePath(volume("vdd"));
      assertEquals([content, [...Deno.readDirSync(content)]], [`${DISKS}/vdd/data`, []]);
      const names = (): string[] => [...Deno.readDirSync(content)].map(({ name }) => name).toSorted();
      {
        using root = ContainerRoot.mount("c0", IMAGE, false);
        await fillVolumes(root, [volume("vdd", "/data", { copy: false }), volume("vdd", "/nothing")]);
        assertEquals(names(), []);
      }
      {
        using root = ContainerRoot.mount("c1", IMAGE, true);
        await Promise.all([fillVolumes(root, [volume("vdd")]), fillVolumes(root, [volume("vdd")])]);
        const { mode, uid, gid } = Deno.statSync(content);
        assertEquals([(mode ?? 0) & 0o7777, uid, gid, names()], [0o2770, 7, 8, ["below"]]);
        // What somebody has emptied stays so when the container is started again.
        Deno.removeSync(`${content}/below`, { recursive: true });
        await fillVolumes(root, [volume("vdd")]);
        assertEquals(names(), []);
      }
      // A VM that was killed while it filled the volume leaves a part and the mark.
      Deno.mkdirSync(`${DISKS}/vdd/filling`);
      Deno.writeTextFileSync(`${content}/part`, "");
      using root = ContainerRoot.mount("c1", IMAGE, false);
      await fillVolumes(root, [volume("vdd")]);
      assertEquals([names(), [...Deno.readDirSync(`${DISKS}/vdd`)].map(({ name }) => name).toSorted()], [
        ["below"],
        ["data", "lost+found"],
      ]);
      Deno.writeTextFileSync(`${content}/mine`, "");
      using other = ContainerRoot.mount("c2", IMAGE, false);
      await fillVolumes(other, [volume("vdd", "/data/below")]);
      assertEquals(names(), ["below", "mine"]);
    },
  );

  guestTest(
    "a volume on a device that is read-only is mounted so, and empty where nobody wrote to it",
    async () => {
      using root = ContainerRoot.mount("c3", IMAGE, false);
      await fillVolumes(root, [volume("vde")]);
      const path = await volumePath(volume("vde"));
      assertEquals([path, [...Deno.readDirSync(path)]], [`${DISKS}/vde.empty`, []]);
      await assertRejects(() => Deno.writeTextFile(`${DISKS}/vde/file`, ""), Error);
    },
  );

  guestTest(
    "shareWithRoot() binds volumes into the VM's own root, for reading where that is wanted",
    async () => {
      const disks = [volume("vdd", "/srv/volume"), volume("vdd", "/srv/volume/below", { readOnly: true })];
      await shareWithRoot({ shares: [], disks });
      Deno.writeTextFileSync("/srv/volume/from-root", "");
      await assertRejects(() => Deno.writeTextFile("/srv/volume/below/x", ""), Error);
      assertEquals(Deno.statSync(`${DISKS}/vdd/data/from-root`).isFile, true);
      unmountNow("/srv/volume/below");
      unmountNow("/srv/volume");
    },
  );

  guestTest("volumePath() says which volume has no disk that can be mounted", async () => {
    Deno.mkdirSync("/tmp/block/vdf");
    Deno.writeTextFileSync("/tmp/block/vdf/ro", "0\n");
    const error = await assertRejects(() => volumePath(volume("vdf")), LaunchError);
    assertEquals([error.exitCode, error.subject, error.step], [125, "/data", "mount volume"]);
    for (const place of ["vdd", "vde"]) unmountNow(`${DISKS}/${place}`);
    unmountNow("/sys/block");
    await shell(`/usr/sbin/losetup --detach ${loops.join(" ")}`);
  });
});
