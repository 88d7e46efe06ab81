/**
 * No room: on the host's disk, on the guest's, in the guest's memory. Commands answer or say why not, and
 * when there is room again everything goes on where it was.
 *
 * @module
 */
import { assertEquals, assertMatch, assertTrue } from "../harness/assert.ts";
import { Chance, rounds } from "../harness/chance.ts";
import { MachineHome } from "../harness/machine_home.ts";
import { slowness } from "../harness/slowness.ts";
import { processesWith } from "../harness/smolvm.ts";

/** Size of the host's disk in these tests: the parts of the binary take half of it. */
const HOST_DISK = 768 * 2 ** 20;

/** What a guest writes while the host's disk gets full. */
const WRITTEN_MIB = slowness > 1 ? 16 : 64;

const chance = new Chance();
const home = new MachineHome();
const image = Deno.makeTempFileSync({ prefix: "smolvm-disk-" });
Deno.truncateSync(image, HOST_DISK);
await command("mkfs.ext4", "-q", "-m", "0", image);
await command("mount", "-o", "loop", image, home.path);
globalThis.addEventListener("unload", () => {
  for (const pid of processesWith(`${home.path}/`)) Deno.kill(pid, "SIGKILL");
  for (let turn = 0; turn < 50; turn++) {
    if (new Deno.Command("umount", { args: [home.path] }).outputSync().success) break;
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 100);
  }
  Deno.removeSync(home.path, { recursive: true });
  Deno.removeSync(image);
});

const FILLER = `${home.path}/filler`;

/** Takes all the room there is, to the last block. */
async function fill(): Promise<void> {
  await new Deno.Command("dd", { args: ["if=/dev/zero", `of=${FILLER}`, "bs=1M"] }).output();
  await new Deno.Command("dd", {
    args: ["if=/dev/zero", `of=${FILLER}`, "bs=4k", "oflag=append", "conv=notrunc"],
  }).output();
}

const ids = new Map<string, string>();
for (const name of ["host", "guest", "memory"]) {
  assertEquals(
    (await home.vm("create", "--name", name, "--disk", name === "guest" ? "128M" : "256M")).code,
    0,
  );
  ids.set(name, (await home.status(name)).id);
}

/** Nothing that was synced is lost, and the machine can be written to again; then it is stopped. */
async function assertWhole(name: string): Promise<void> {
  const id = ids.get(name) ?? "";
  const script = "cat /root/kept; echo more > /root/more; cat /root/more";
  assertEquals(await home.assertAnswers(name, script), "kept\nmore\n");
  assertEquals((await home.vm("stop", name)).code, 0);
  await home.assertGone(id);
  await home.assertCleanDisk(id);
}

for (let round = 0; round < rounds; round++) {
  Deno.test(`a full host disk, round ${round}`, async () => {
    await home.sh("host", "echo kept > /root/kept; sync");
    const writing = home.sh(
      "host",
      `dd if=/dev/urandom of=/root/big bs=1M count=${WRITTEN_MIB}; sync; rm -f /root/big`,
    );
    try {
      await chance.moment(1_000);
      await fill();
      await writing;
      assertEquals((await home.status("host")).state, "running");
      // Its disk may have become an I/O error until the next start; that much it says.
      assertEquals((await home.sh("host", "echo here")).stdout, "here\n");
      for (const words of ["create --name n", "ls", "logs host", "stop host", "stop host"]) {
        const { code, stderr } = await home.vm(...words.split(" "));
        if (code !== 0) assertMatch(stderr, /^smolvm: cannot [^\n]*\n$/);
      }
      const { code, stderr } = await home.vm("start", "-d", "host");
      if (code !== 0) assertMatch(stderr, /^smolvm: cannot /);
      await home.vm("stop", "host");
      await home.assertGone(ids.get("host") ?? "");
    } finally {
      Deno.removeSync(FILLER);
    }
    await assertWhole("host");
    await home.vm("delete", "-f", "n");
    home.assertOnlyFilesOf([...ids.values()], []);
  });

  Deno.test(`a full guest disk, round ${round}`, async () => {
    await home.sh("guest", "echo kept > /root/kept; sync");
    const full = await home.sh("guest", "dd if=/dev/zero of=/root/big bs=64k; sync; echo after");
    assertMatch(full.stderr, /No space left on device/);
    assertEquals(full.stdout, "after\n");
    assertEquals(await home.assertAnswers("guest", "cat /root/kept; ls /root/big"), "kept\n/root/big\n");
    assertEquals((await home.vm("stop", "guest")).code, 0);
    await home.assertCleanDisk(ids.get("guest") ?? "");
    assertEquals((await home.sh("guest", "rm /root/big")).code, 0);
    await assertWhole("guest");
  });

  Deno.test(`a damaged guest disk is repaired by the next start, round ${round}`, async () => {
    await home.sh("guest", "echo kept > /root/kept; sync");
    assertEquals((await home.vm("stop", "guest")).code, 0);
    const disk = `${home.path}/data/machines/${ids.get("guest")}/storage.ext4`;
    // As the kernel leaves it when it found an error: said so in the superblock, and counts that are wrong.
    for (
      const request of [
        "set_super_value state 3",
        "set_super_value free_inodes_count 7",
        "set_bg 0 free_blocks_count 3",
      ]
    ) {
      await command("debugfs", "-w", "-R", request, disk);
    }
    await assertWhole("guest");
    assertMatch(await command("dumpe2fs", "-h", disk), /Filesystem state: +clean\n/);
  });

  Deno.test(`a guest out of memory, round ${round}`, async () => {
    await home.sh("memory", "echo kept > /root/kept; sync");
    const before = await home.status("memory");
    for (const hog of ["tail /dev/zero", "for i in 1 2 3; do tail /dev/zero & done; wait; exit 137"]) {
      assertEquals((await home.sh("memory", hog)).code, 137);
    }
    const after = await home.status("memory");
    assertEquals(after.state, "running");
    assertEquals(after.live?.vmm, before.live?.vmm);
    await assertWhole("memory");
  });
}

async function command(program: string, ...args: string[]): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(program, { args }).output();
  const decoder = new TextDecoder();
  assertTrue(success, `${program} ${args.join(" ")}: ${decoder.decode(stderr)}`);
  return decoder.decode(stdout);
}
