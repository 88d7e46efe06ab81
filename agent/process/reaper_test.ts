import { assertEquals } from "../../tests/harness/assert.ts";
import { inGuestRoot } from "../../tests/harness/guest_root.ts";
import { Descriptor, OpenMode } from "../syscalls/descriptor.ts";
import { signalChild, startReaper, stopReaper } from "./reaper.ts";
import { launch, type Launched } from "./spawn.ts";

/** Starts a shell script whose output nobody reads. */
async function start(script: string): Promise<Launched & { ok: true }> {
  using nothing = Descriptor.open("/dev/null", OpenMode.readWrite);
  const argv = ["sh", "-c", script];
  const launched = await launch([{ op: "setsid" }, { op: "exec", argv, env: ["PATH=/usr/bin:/bin"] }], {
    stdin: nothing,
    stdout: nothing,
    stderr: nothing,
  });
  if (!launched.ok) throw new Error(`${launched.step}: errno ${launched.errno}`);
  return launched;
}

inGuestRoot(import.meta.url, () => {
  Deno.test({
    name: "the reaper takes orphans and tells each child's end to who waits for it",
    sanitizeOps: false,
    fn: async () => {
      startReaper();
      const first = await start("(sleep 0.1; exit 9) & exit 3");
      const second = await start("kill -TERM $$");
      assertEquals(await first.exit, { code: 3, signal: null });
      assertEquals(await second.exit, { code: null, signal: 15 });
      await new Promise((resolve) => setTimeout(resolve, 300));
      const zombies = [...Deno.readDirSync("/proc")].filter(({ name }) =>
        /^\d+$/.test(name) && /^State:\s+Z/m.test(Deno.readTextFileSync(`/proc/${name}/status`))
      );
      assertEquals(zombies.length, 0);
      stopReaper();
    },
  });

  Deno.test({
    name: "signalChild() reaches a child and its group until the child was reaped, and nobody afterwards",
    sanitizeOps: false,
    fn: async () => {
      startReaper();
      const alone = await start("sleep 60");
      assertEquals(signalChild(alone.pid, "process", 9), true);
      assertEquals(await alone.exit, { code: null, signal: 9 });
      // Its group lives on, so that its number is still taken: a signal would arrive.
      const group = await start("sleep 61 & exit 0");
      await group.exit;
      assertEquals(signalChild(group.pid, "group", 9), false);
      assertEquals(signalChild(group.pid, "process", 9), false);
      const survivors = [...Deno.readDirSync("/proc")].filter(({ name }) =>
        /^\d+$/.test(name) && Deno.readTextFileSync(`/proc/${name}/cmdline`) === "sleep\0" + "61\0"
      );
      assertEquals(survivors.length, 1);
      Deno.kill(Number(survivors[0]?.name), "SIGKILL");
      stopReaper();
    },
  });
});
