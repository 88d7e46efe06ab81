/**
 * Commands that get into each other's way at random moments: each does what it says or says why not, and
 * afterwards the machines are what they should be, and nothing is left over.
 *
 * @module
 */
import { assertEquals, assertTrue } from "../harness/assert.ts";
import { Chance, rounds } from "../harness/chance.ts";
import { MachineHome, type Shown } from "../harness/machine_home.ts";
import { assertPlain } from "../harness/plain.ts";

const home = new MachineHome();
const chance = new Chance();
home.removeAtUnload();

for (let round = 0; round < rounds; round++) {
  Deno.test(`a stop against execs, round ${round}`, async () => {
    await home.vm("create", "--name", "x");
    const { id } = await home.status("x");
    await home.vm("start", "-d", "x");
    const execs = Array.from({ length: 6 }, async (_, index) => {
      await chance.moment(600);
      return await home.sh("x", `echo ${index}; sleep 0.2; echo ${index}`);
    });
    await chance.moment(600);
    assertEquals((await home.vm("stop", "x")).code, 0);
    for (const [index, ended] of (await Promise.all(execs)).entries()) {
      // One that was under way is killed with the rest, and its session may still hear of that.
      if (ended.code !== 128 + 9) assertPlain(ended);
      if (ended.code === 0) assertEquals(ended.stdout, `${index}\n${index}\n`);
    }
    assertEquals(await home.assertAnswers("x", "echo up"), "up\n");
    assertEquals((await home.vm("delete", "-f", "x")).code, 0);
    await home.assertGone(id);
    home.assertOnlyFilesOf([], []);
  });

  Deno.test(`20 machines listed while others come and go, round ${round}`, async () => {
    const names = Array.from({ length: 20 }, (_, index) => `m${String(index).padStart(2, "0")}`);
    for (const name of names) assertEquals((await home.vm("create", "--name", name)).code, 0);
    let over = false;
    const comings = Promise.all(Array.from({ length: 3 }, async (_, index) => {
      while (!over) {
        assertEquals((await home.vm("create", "--name", `other${index}`)).code, 0);
        await chance.moment(30);
        assertEquals((await home.vm("delete", "-f", `other${index}`)).code, 0);
      }
    }));
    comings.catch(() => {});
    for (let look = 0; look < 8; look++) {
      const { code, stdout, stderr } = await home.vm("ls", "--json");
      assertEquals([code, stderr], [0, ""]);
      const shown: Shown[] = JSON.parse(stdout);
      assertEquals(shown.filter(({ name }) => name.startsWith("m")).map(({ name }) => name), names);
      assertTrue(shown.every(({ state }) => state === "created"));
    }
    over = true;
    await comings;
    assertEquals((await home.vm("delete", "-f", ...names)).stdout, `${names.join("\n")}\n`);
    home.assertOnlyFilesOf([], []);
  });

  Deno.test(`commands that end as soon as they begin lose neither output nor code, round ${round}`, async () => {
    await home.vm("create", "--name", "quick", "alpine", "sh", "-c", "echo out; echo err >&2; exit 7");
    assertEquals(await home.vm("start", "quick"), { code: 7, stdout: "out\n", stderr: "err\n" });
    assertEquals(await home.vm("start", "-d", "quick"), { code: 0, stdout: "quick\n", stderr: "" });
    await home.vm("stop", "quick");
    const { state, exitCode } = await home.status("quick");
    assertEquals([state, exitCode], ["stopped", 7]);
    assertEquals((await home.vm("logs", "quick")).stdout, "out\nout\n");
    await home.vm("delete", "-f", "quick");
    home.assertOnlyFilesOf([], []);
  });
}
