/**
 * A disk of the host that nothing can be written to. (A full one is in tests/both_engines.)
 *
 * @module
 */
import { assertEquals, assertMatch } from "../harness/assert.ts";
import { giveOwnDisk, remount } from "../harness/host_disk.ts";
import { MachineHome } from "../harness/machine_home.ts";

const home = new MachineHome();
await giveOwnDisk(home);

Deno.test("a read-only host disk: what only reads goes on, what writes says why not", async () => {
  await home.vm("create", "--name", "kept", "--disk", "128M");
  await remount(home, "ro");
  try {
    assertMatch((await home.vm("ls")).stdout, /^kept +created/m);
    for (const words of ["create --name other", "delete -f kept", "exec --name kept true"]) {
      const { code, stderr } = await home.vm(...words.split(" "));
      assertEquals(code, 125);
      assertMatch(stderr, /^smolvm: cannot .*: the file system is read-only[^\n]*\n$/);
    }
  } finally {
    await remount(home, "rw");
  }
  assertEquals((await home.vm("delete", "-f", "kept")).code, 0);
});
