/**
 * A machine that is broken, on every engine, one way of each kind: its VM process or its supervisor is
 * killed, the guest resets itself, a delete comes in between, the table of machines is damaged meanwhile.
 * tests/functional/broken_* has the ways in which the engine has no part.
 *
 * @module
 */
import { assertEquals, assertMatch, assertTrue } from "../harness/assert.ts";
import { Chance, rounds } from "../harness/chance.ts";
import { assertSurvives, type MachineEnd } from "../harness/machine_end.ts";
import { MachineHome } from "../harness/machine_home.ts";
import { assertPlain } from "../harness/plain.ts";

const home = new MachineHome();
const chance = new Chance();
home.removeAtUnload();

/** Each ends the machine m. */
const ends: Readonly<Record<string, MachineEnd>> = {
  "kill -9 of the supervisor": {
    end: ({ live }) => Deno.kill(live?.supervisor ?? 0, "SIGKILL"),
    orderly: false,
  },
  "kill -9 of the VM process": { end: ({ live }) => Deno.kill(live?.vmm ?? 0, "SIGKILL"), orderly: false },
  "reboot -f inside": { end: () => home.sh("m", "reboot -f"), orderly: true },
};

await home.vm("create", "--name", "m", "--disk", "1G");

for (let round = 0; round < rounds; round++) {
  for (const [name, end] of Object.entries(ends)) {
    Deno.test(`${name}, round ${round}`, () => assertSurvives(home, "m", chance, end));
  }

  Deno.test(`a start against a delete, round ${round}`, async () => {
    await home.vm("create", "--name", "x");
    const { id } = await home.status("x");
    const start = home.vm("start", "-d", "x");
    await chance.moment(4_000);
    const deleted = await home.vm("delete", "-f", "x");
    assertEquals([deleted.code, deleted.stdout], [0, "x\n"]);
    assertPlain(await start);
    assertEquals((await home.vm("status", "x")).code, 125);
    await home.assertGone(id);
    const { id: other } = await home.status("m");
    home.assertOnlyFilesOf([other], [other]);
  });
}

Deno.test("a table damaged under a machine that runs: kept aside, said, and nothing is lost", async () => {
  await home.sh("m", "echo kept > /root/kept; sync");
  const created = await home.run(["container", "create", "--name", "c", "m", "alpine", "sleep", "1000"]);
  const before = await home.status("m");
  Deno.writeTextFileSync(`${home.path}/data/machines.db`, "this is no database");
  const said = await home.vm("ls", "-q");
  assertEquals([said.code, said.stdout], [0, "m\n"]);
  assertMatch(
    said.stderr,
    /^smolvm: the table of machines was damaged and is kept as .*; found again by their folders: m\n$/,
  );
  assertTrue([...Deno.readDirSync(`${home.path}/data`)].some(({ name }) => name.includes(".damaged-")));
  const after = await home.status("m");
  assertEquals([after.state, after.live?.vmm], ["running", before.live?.vmm]);
  const containers = await home.run(["container", "ls", "-aq", "m"]);
  assertEquals(containers.stdout, created.stdout);
  assertEquals((await home.vm("stop", "m")).code, 0);
  // Its supervisor wrote into the table there is, not into the one that was put aside.
  assertEquals((await home.status("m")).state, "stopped");
  assertEquals(await home.assertAnswers("m", "cat /root/kept"), "kept\n");
});
