/**
 * Processes of a machine end at random moments, each in its own way, while something is written and synced:
 * every command still answers, nothing is left over, the disk is whole, and what was synced is there.
 *
 * @module
 */
import { assertEquals, assertMatch, assertTrue } from "../harness/assert.ts";
import { Chance, rounds } from "../harness/chance.ts";
import { MachineHome, type Shown } from "../harness/machine_home.ts";
import { eventually, processesWith } from "../harness/smolvm.ts";

const home = new MachineHome();
const chance = new Chance();
home.removeAtUnload();

/** Each ends the machine m. */
const ends: Readonly<Record<string, (machine: Shown) => unknown>> = {
  "kill -9 of the supervisor": ({ live }) => Deno.kill(live?.supervisor ?? 0, "SIGKILL"),
  "kill -9 of the VM process": ({ live }) => Deno.kill(live?.vmm ?? 0, "SIGKILL"),
  "SIGTERM to the supervisor": ({ live }) => Deno.kill(live?.supervisor ?? 0, "SIGTERM"),
  "reboot -f inside": () => home.sh("m", "reboot -f"),
  "poweroff inside": () => home.sh("m", "poweroff"),
  "an agent that is killed": () => home.sh("m", "kill -SEGV 1; kill -ABRT 1; kill -BUS 1; kill -TERM 1"),
  "a VM process that stands still, and a stop": async ({ live }) => {
    Deno.kill(live?.vmm ?? 0, "SIGSTOP");
    assertMatch((await home.status("m")).reason ?? "", /does not answer/);
    assertEquals(await home.vm("stop", "-t", "1", "m"), { code: 0, stdout: "m\n", stderr: "" });
  },
  "a supervisor that stands still, and a stop by force": async ({ live }) => {
    Deno.kill(live?.supervisor ?? 0, "SIGSTOP");
    assertMatch((await home.status("m")).reason ?? "", /does not answer/);
    assertMatch((await home.sh("m", "true")).stderr, /^smolvm: cannot reach the machine: .*stop --force/);
    assertEquals(await home.vm("stop", "--force", "m"), { code: 0, stdout: "m\n", stderr: "" });
  },
};

/** Those that end it in order: its state says so. */
const orderly = ["SIGTERM to the supervisor", "reboot -f inside", "poweroff inside"];

await home.vm("create", "--name", "m", "--disk", "1G");

for (let round = 0; round < rounds; round++) {
  for (const [name, end] of Object.entries(ends)) {
    Deno.test(`${name}, round ${round}`, async () => {
      const writer = await startWriter();
      await chance.moment(700);
      const before = await home.status("m");
      assertEquals(before.state, "running");
      await end(before);
      const { code, stderr, synced } = await writer.ended;
      // What a guest that ends in order kills may still be able to say so.
      if (code === 125) assertMatch(stderr, /^smolvm: cannot run sh: [^\n]*\n/);
      else assertEquals([code, stderr], [137, ""]);
      await home.assertGone(before.id);
      const { state, reason } = await home.status("m");
      if (orderly.includes(name)) assertEquals([state, reason], ["stopped", undefined]);
      home.assertOnlyFilesOf([before.id], []);
      await home.assertWholeDisk(before.id);
      // What was written and not synced may be zeros: ext4 makes a file longer before it has its bytes.
      const last = Number(await home.assertAnswers("m", "grep -x '[0-9]*[0-9]' /root/log | tail -n 1"));
      assertTrue(last >= synced, `synced ${synced}, found ${last}`);
    });
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

/** Writes numbers to a file, syncs each, and then says so. Returns once it runs. */
async function startWriter() {
  const script = "i=0; while :; do i=$((i+1)); echo $i >> /root/log; sync; echo $i; done";
  await home.sh("m", "echo 0 > /root/log");
  const child = home.start(["vm", "exec", "--name", "m", "sh", "-c", script]);
  let text = "";
  const begun = Promise.withResolvers<void>();
  const reading = (async () => {
    for await (const part of child.stdout.pipeThrough(new TextDecoderStream())) {
      text += part;
      begun.resolve();
    }
  })();
  const errors = new Response(child.stderr).text();
  await Promise.race([begun.promise, child.status]);
  const ended = (async () => {
    let over = false;
    void child.status.then(() => over = true);
    assertTrue(
      await eventually(() => over, 60_000),
      "the client of a machine that is gone goes on",
    );
    const [{ code }, stderr] = [await child.status, await errors];
    await reading;
    return { code, stderr, synced: Number(text.trimEnd().split("\n").at(-1)) };
  })();
  ended.catch(() => {});
  return { ended };
}
