import { assertEquals, assertThrows, assertTrue } from "../../tests/harness/assert.ts";
import { guestTest, inGuestRoot, processes } from "../../tests/harness/guest_root.ts";
import { runTool } from "../process/tool.ts";
import { SyscallError } from "../syscalls/libc.ts";
import { mount, MS } from "../syscalls/mount.ts";
import {
  becomeSubreaper,
  clockDiffers,
  correctClock,
  refuseOutOfMemoryKill,
  setClock,
  setHostname,
  timespec,
} from "./machine.ts";

Deno.test("timespec() is struct timespec: whole seconds, and nanoseconds", () => {
  const view = new DataView(timespec(1_700_000_000_123).buffer);
  assertEquals([view.getBigInt64(0, true), view.getBigInt64(8, true)], [1_700_000_000n, 123_000_000n]);
});

Deno.test({
  name: "setClock() throws for a time that there is none of",
  ignore: Deno.build.os !== "linux",
  fn: () => {
    assertThrows(() => setClock(-5_000), SyscallError, "clock_settime");
  },
});

Deno.test("clockDiffers() bears with a second, and with a message that had to wait", () => {
  const now = 1_700_000_000_000;
  assertEquals([now + 1_001, now + 35_000, now - 10_001].map((theirs) => clockDiffers(now, theirs)), [
    true,
    true,
    true,
  ]);
  assertEquals([now, now + 999, now - 9_999].map((theirs) => clockDiffers(now, theirs)), [
    false,
    false,
    false,
  ]);
});

Deno.test("correctClock() does not throw for a time that cannot be set", () => {
  const before = Date.now();
  correctClock(Number.MAX_SAFE_INTEGER);
  assertTrue(Math.abs(Date.now() - before) < 60_000);
});

inGuestRoot(import.meta.url, () => {
  guestTest("setHostname() names the guest, in any letters", () => {
    setHostname("bücher");
    assertEquals(Deno.hostname(), "bücher");
  });

  guestTest("refuseOutOfMemoryKill() has the kernel never choose this process", () => {
    // A file in place of the kernel's, which takes a lower score only from CAP_SYS_RESOURCE of the whole machine.
    Deno.writeTextFileSync("/tmp/score", "0");
    mount({ source: "/tmp/score", target: "/proc/self/oom_score_adj", type: "", flags: MS.BIND });
    refuseOutOfMemoryKill();
    assertEquals(Deno.readTextFileSync("/tmp/score"), "-1000");
  });

  guestTest("becomeSubreaper() has orphans come to this process", async () => {
    becomeSubreaper();
    await runTool(["/bin/sh", "-c", "sleep 71 & exit 0"]);
    // Until it executes `sleep` its words are the shell's, which has ended.
    const orphan = processes().find(({ words }) => words.some((word) => word.includes("71")));
    assertTrue(orphan !== undefined, "there is no orphan");
    const parent = /^PPid:\s+(\d+)/m.exec(Deno.readTextFileSync(`/proc/${orphan.pid}/status`))?.[1];
    assertEquals(Number(parent), Deno.pid);
    Deno.kill(orphan.pid, "SIGKILL");
  });
});
