import { assertEquals } from "../../tests/harness/assert.ts";
import { guestTest, inGuestRoot, processes } from "../../tests/harness/guest_root.ts";
import { delay } from "../../src/async/delay.ts";
import { nullStreams } from "./null_streams.ts";
import { signalChild } from "./reaper.ts";
import { launch, type Launched } from "./spawn.ts";

/** Starts a shell script whose output nobody reads. */
async function start(script: string): Promise<Launched & { ok: true }> {
  using streams = nullStreams();
  const argv = ["sh", "-c", script];
  const steps = [{ op: "setsid" }, { op: "exec", argv, env: ["PATH=/usr/bin:/bin"] }] as const;
  const launched = await launch(steps, streams);
  if (!launched.ok) throw new Error(`${launched.step}: errno ${launched.errno}`);
  return launched;
}

inGuestRoot(import.meta.url, () => {
  guestTest("the reaper takes orphans and tells each child's end to who waits for it", async () => {
    const first = await start("(sleep 0.1; exit 9) & exit 3");
    const second = await start("kill -TERM $$");
    assertEquals(await first.exit, { code: 3, signal: null });
    assertEquals(await second.exit, { code: null, signal: 15 });
    await delay(300);
    assertEquals(processes().filter(({ state }) => state === "Z"), []);
  });

  guestTest(
    "signalChild() reaches a child and its group until it was reaped, and nobody afterwards",
    async () => {
      const alone = await start("exec sleep 60");
      assertEquals(signalChild(alone.pid, "process", 9), true);
      assertEquals(await alone.exit, { code: null, signal: 9 });
      // The group lives on, so that its number is still taken: a signal would arrive.
      const group = await start("sleep 61 & exit 0");
      await group.exit;
      await delay(200);
      assertEquals(signalChild(group.pid, "group", 9), false);
      assertEquals(signalChild(group.pid, "process", 9), false);
      const survivors = processes().filter(({ words }) => words.join(" ") === "sleep 61");
      assertEquals(survivors.length, 1);
      for (const { pid } of survivors) Deno.kill(pid, "SIGKILL");
    },
  );
});
