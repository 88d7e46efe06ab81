import { assertEquals } from "../../tests/harness/assert.ts";
import { guestTest, inGuestRoot } from "../../tests/harness/guest_root.ts";
import { runTool } from "./tool.ts";

const sh = (script: string) => ["/bin/sh", "-c", script];

inGuestRoot(import.meta.url, () => {
  guestTest("runTool() gives the exit code, and 126 for what was killed or is not there", async () => {
    assertEquals(await runTool(sh("exit 0")), 0);
    assertEquals(await runTool(sh("exit 3")), 3);
    assertEquals(await runTool(sh("kill -9 $$")), 126);
    assertEquals(await runTool(["/no/such/tool"]), 126);
  });

  guestTest("runTool() gives a tool no input, and its output to the file named", async () => {
    Deno.writeTextFileSync("/tmp/said", "");
    assertEquals(await runTool(sh("cat; echo out; echo err >&2"), "/tmp/said"), 0);
    assertEquals(Deno.readTextFileSync("/tmp/said"), "out\nerr\n");
    assertEquals(await runTool(sh("echo nowhere")), 0);
  });
});
