/**
 * No room on the guest's disk or in its memory, and a damaged disk: commands answer or say why not, and when
 * there is room again everything goes on where it was.
 *
 * @module
 */
import { assertEquals, assertMatch, assertTrue } from "../harness/assert.ts";
import { rounds } from "../harness/chance.ts";
import { MachineHome } from "../harness/machine_home.ts";

const home = new MachineHome();
home.removeAtUnload();

const ids = new Map<string, string>();
for (const name of ["guest", "memory"]) {
  assertEquals(
    (await home.vm("create", "--name", name, "--disk", "128M", "--mem", "192")).code,
    0,
  );
  ids.set(name, (await home.status(name)).id);
}

for (let round = 0; round < rounds; round++) {
  Deno.test(`a full guest disk, round ${round}`, async () => {
    await home.sh("guest", "echo kept > /root/kept; sync");
    const full = await home.sh("guest", "dd if=/dev/zero of=/root/big bs=64k; sync; echo after");
    assertMatch(full.stderr, /No space left on device/);
    assertEquals(full.stdout, "after\n");
    assertEquals(await home.assertAnswers("guest", "cat /root/kept; ls /root/big"), "kept\n/root/big\n");
    assertEquals((await home.vm("stop", "guest")).code, 0);
    await home.assertCleanDisk(ids.get("guest") ?? "");
    assertEquals((await home.sh("guest", "rm /root/big")).code, 0);
    await home.assertUsable("guest", "/root/kept", "kept\n");
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
    await home.assertUsable("guest", "/root/kept", "kept\n");
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
    await home.assertUsable("memory", "/root/kept", "kept\n");
  });
}

async function command(program: string, ...args: string[]): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(program, { args }).output();
  const decoder = new TextDecoder();
  assertTrue(success, `${program} ${args.join(" ")}: ${decoder.decode(stderr)}`);
  return decoder.decode(stdout);
}
