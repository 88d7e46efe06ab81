/**
 * Ends a machine in one way or another while something in the machine is written and synced: every command
 * still answers, nothing is left over, the disk is whole, and what was synced is there.
 *
 * @module
 */
import { assertEquals, assertMatch, assertTrue } from "./assert.ts";
import type { Chance } from "./chance.ts";
import type { MachineHome, Shown } from "./machine_home.ts";
import { slowness } from "./slowness.ts";
import { eventually } from "./smolvm.ts";

/** A way in which a machine ends. */
export interface MachineEnd {
  /** Ends the machine; it is told what the machine is and does. */
  readonly end: (machine: Shown) => unknown;
  /** Whether the machine ends in order: its state says so. */
  readonly orderly: boolean;
}

/**
 * Ends a machine, running or not before, and looks at what is left.
 *
 * @param name the only machine of the home
 */
export async function assertSurvives(
  home: MachineHome,
  name: string,
  chance: Chance,
  { end, orderly }: MachineEnd,
): Promise<void> {
  await using writer = await startWriter(home, name);
  await chance.moment(700);
  const before = await whileItWrites(home, name);
  assertEquals(before.state, "running");
  await end(before);
  const { code, stderr, synced } = await writer.ended;
  // What a guest that ends in order kills may still be able to say so.
  if (code === 125) assertMatch(stderr, /^smolvm: cannot run sh: [^\n]*\n/);
  else assertEquals([code, stderr], [137, ""]);
  await home.assertGone(before.id);
  const { state, reason } = await home.status(name);
  if (orderly) assertEquals([state, reason], ["stopped", undefined]);
  home.assertOnlyFilesOf([before.id], []);
  await home.assertWholeDisk(before.id);
  // What was written and not synced may be zeros: ext4 makes a file longer before it has its bytes.
  const last = Number(await home.assertAnswers(name, "grep -x '[0-9]*[0-9]' /root/log | tail -n 1"));
  assertTrue(last >= synced, `synced ${synced}, found ${last}`);
}

/** What the machine is and does; where everything is slow, a supervisor may be too busy to answer at once. */
async function whileItWrites(home: MachineHome, name: string): Promise<Shown> {
  let shown = await home.status(name);
  for (let turn = 1; turn < slowness && shown.state === "unreachable"; turn++) {
    shown = await home.status(name);
  }
  return shown;
}

/** Writes numbers to a file, syncs each, and then says so. Returns once it runs. */
async function startWriter(home: MachineHome, name: string) {
  const script = "i=0; while :; do i=$((i+1)); echo $i >> /root/log; sync; echo $i; done";
  await home.sh(name, "echo 0 > /root/log");
  const child = home.start(["vm", "exec", "--name", name, "sh", "-c", script]);
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
  let over = false;
  void child.status.then(() => over = true);
  const ended = (async () => {
    assertTrue(
      await eventually(() => over, 60_000),
      "the client of a machine that is gone goes on",
    );
    const [{ code }, stderr] = [await child.status, await errors];
    await reading;
    return { code, stderr, synced: Number(text.trimEnd().split("\n").at(-1)) };
  })();
  ended.catch(() => {});
  return {
    ended,
    [Symbol.asyncDispose]: async () => {
      if (!over) child.kill("SIGKILL");
      await Promise.allSettled([ended, child.status]);
    },
  };
}
