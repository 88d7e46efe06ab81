/**
 * A full disk of the host under a machine that writes, on every engine: commands answer or say why not, and when
 * there is room again everything goes on where it was.
 *
 * @module
 */
import { assertEquals, assertMatch } from "../harness/assert.ts";
import { Chance, rounds } from "../harness/chance.ts";
import { giveOwnDisk } from "../harness/host_disk.ts";
import { MachineHome } from "../harness/machine_home.ts";
import { slowness } from "../harness/slowness.ts";

/** What a guest writes while the host's disk gets full. */
const WRITTEN_MIB = slowness > 1 ? 16 : 64;

const chance = new Chance();
const home = new MachineHome();
await giveOwnDisk(home);

const FILLER = `${home.path}/filler`;

/** Takes all the room there is, to the last block. */
async function fill(): Promise<void> {
  await new Deno.Command("dd", { args: ["if=/dev/zero", `of=${FILLER}`, "bs=1M"] }).output();
  await new Deno.Command("dd", {
    args: ["if=/dev/zero", `of=${FILLER}`, "bs=4k", "oflag=append", "conv=notrunc"],
  }).output();
}

assertEquals((await home.vm("create", "--name", "host", "--disk", "256M")).code, 0);
const { id } = await home.status("host");

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
      await home.assertGone(id);
    } finally {
      Deno.removeSync(FILLER);
    }
    await home.assertUsable("host", "/root/kept", "kept\n");
    await home.vm("delete", "-f", "n");
    home.assertOnlyFilesOf([id], []);
  });
}
