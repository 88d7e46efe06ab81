/**
 * Processes of a machine end at random moments in the ways in which its engine has no part: every command
 * still answers, nothing is left over, the disk is whole, and what was synced is there. What the engine has
 * a part in is in tests/both_engines/broken_test.ts.
 *
 * @module
 */
import { assertEquals, assertMatch } from "../harness/assert.ts";
import { Chance, rounds } from "../harness/chance.ts";
import { assertSurvives, type MachineEnd } from "../harness/machine_end.ts";
import { MachineHome, type Shown } from "../harness/machine_home.ts";
import { processesWith } from "../harness/smolvm.ts";

const home = new MachineHome();
const chance = new Chance();
home.removeAtUnload();

/** Each ends the machine m. */
const ends: Readonly<Record<string, MachineEnd>> = {
  "SIGTERM to the supervisor": {
    end: ({ live }) => Deno.kill(live?.supervisor ?? 0, "SIGTERM"),
    orderly: true,
  },
  "poweroff inside": { end: () => home.sh("m", "poweroff"), orderly: true },
  "a VM process that stands still, and a stop": {
    end: async ({ live }) => {
      Deno.kill(live?.vmm ?? 0, "SIGSTOP");
      assertMatch((await home.status("m")).reason ?? "", /does not answer/);
      assertEquals(await home.vm("stop", "-t", "1", "m"), { code: 0, stdout: "m\n", stderr: "" });
    },
    orderly: false,
  },
  "an agent that is killed": {
    end: () => home.sh("m", "kill -SEGV 1; kill -ABRT 1; kill -BUS 1; kill -TERM 1"),
    orderly: false,
  },
  "a supervisor that stands still, and a stop by force": {
    end: async ({ live }) => {
      Deno.kill(live?.supervisor ?? 0, "SIGSTOP");
      assertMatch((await home.status("m")).reason ?? "", /does not answer/);
      assertMatch((await home.sh("m", "true")).stderr, /^smolvm: cannot reach the machine m: .*stop --force/);
      assertEquals(await home.vm("stop", "--force", "m"), { code: 0, stdout: "m\n", stderr: "" });
    },
    orderly: false,
  },
};

await home.vm("create", "--name", "m", "--disk", "1G");

for (let round = 0; round < rounds; round++) {
  for (const [name, end] of Object.entries(ends)) {
    Deno.test(`${name}, round ${round}`, () => assertSurvives(home, "m", chance, end));
  }

  Deno.test(`kill -9 of a CLI that starts, round ${round}`, async () => {
    const { id } = await home.status("m");
    await home.vm("stop", "m");
    await home.assertCleanDisk(id);
    const child = home.start(["vm", "start", "-d", "m"]);
    await chance.moment(3_000);
    killIfThere(child);
    await Promise.all([child.status, child.stdout.cancel(), child.stderr.cancel()]);
    assertEquals(await home.assertAnswersOrStarts("m", "echo up"), "up\n");
    assertEquals(processesWith(`_supervise\0${id}`).length, 1);
    home.assertOnlyFilesOf([id], [id]);
  });

  Deno.test(`kill -9 of CLIs that create and delete, round ${round}`, async () => {
    const { id } = await home.status("m");
    for (const args of [["create", "--name", "x"], ["delete", "-f", "x"]]) {
      for (let turn = 0; turn < 4; turn++) {
        const child = home.start(["vm", ...args]);
        await chance.moment(150);
        killIfThere(child);
        await Promise.all([child.status, child.stdout.cancel(), child.stderr.cancel()]);
        const listed: Shown[] = JSON.parse((await home.vm("ls", "--json")).stdout);
        const x = listed.find(({ name }) => name === "x");
        if (x) assertEquals(x.state, "created");
        home.assertOnlyFilesOf(x ? [id, x.id] : [id], [id]);
      }
    }
    await home.vm("delete", "-f", "x");
    home.assertOnlyFilesOf([id], [id]);
  });
}

/** Kills a command that may have been faster. */
function killIfThere(child: Deno.ChildProcess): void {
  try {
    child.kill("SIGKILL");
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
  }
}
