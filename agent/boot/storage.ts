/**
 * The VM's writable disk: finds it by its label, grows it to the disk when the template it was made from is
 * smaller, and mounts it.
 *
 * @module
 */
import { launch } from "../process/spawn.ts";
import { Descriptor, OpenMode } from "../syscalls/descriptor.ts";
import { libc } from "../syscalls/libc.ts";
import { mount, MS } from "../syscalls/mount.ts";

/** Where it is mounted. */
export const STORAGE = "/storage";

/** Its label: s_volume_name of the superblock. */
const LABEL = "smolvm-storage";

/** The ext4 superblock lies 1024 bytes into the disk. */
const SUPERBLOCK = 1024;
const S_BLOCKS_COUNT_LO = 0x04;
const S_LOG_BLOCK_SIZE = 0x18;
const S_MAGIC = 0x38;
const S_VOLUME_NAME = 0x78;
const EXT4_MAGIC = 0xef53;

/** Mounts the storage disk, if there is one; ext4 checks nothing on a fresh or cleanly unmounted disk. */
export async function mountStorage(): Promise<void> {
  for (const { name } of Deno.readDirSync("/sys/block")) {
    const filesystem = readSuperblock(name);
    if (filesystem?.label !== LABEL) continue;
    const sectors = Number(Deno.readTextFileSync(`/sys/block/${name}/size`));
    if (filesystem.bytes < sectors * 512 - (64 << 20)) await grow(name);
    mount({
      source: `/dev/${name}`,
      target: STORAGE,
      type: "ext4",
      flags: MS.NODEV,
      data: "errors=remount-ro",
    });
    return;
  }
}

/** Label and size of an ext4 filesystem. */
function readSuperblock(device: string): { label: string; bytes: number } | undefined {
  if (!device.startsWith("vd")) return undefined;
  using file = Descriptor.open(`/dev/${device}`, OpenMode.read);
  const bytes = new Uint8Array(SUPERBLOCK * 2);
  if (Number(libc.read(file.fd, bytes, BigInt(bytes.length))) < bytes.length) return undefined;
  const view = new DataView(bytes.buffer, SUPERBLOCK);
  if (view.getUint16(S_MAGIC, true) !== EXT4_MAGIC) return undefined;
  const name = bytes.subarray(SUPERBLOCK + S_VOLUME_NAME, SUPERBLOCK + S_VOLUME_NAME + 16);
  return {
    label: new TextDecoder().decode(name).replace(/\0.*$/s, ""),
    bytes: view.getUint32(S_BLOCKS_COUNT_LO, true) * 2 ** (10 + view.getUint32(S_LOG_BLOCK_SIZE, true)),
  };
}

/** resize2fs -f: the template was checked when it was built. */
async function grow(device: string): Promise<void> {
  using nothing = Descriptor.open("/dev/null", OpenMode.readWrite);
  const streams = { stdin: nothing, stdout: nothing, stderr: nothing };
  const argv = ["/usr/sbin/resize2fs", "-f", `/dev/${device}`];
  const launched = await launch([{ op: "exec", argv, env: [] }], streams);
  const code = launched.ok ? (await launched.exit).code : launched.errno;
  if (code !== 0) throw new Error(`resize2fs of /dev/${device} ended with ${code}`);
}
