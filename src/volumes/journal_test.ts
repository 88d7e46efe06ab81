import { assertEquals } from "../../tests/harness/assert.ts";
import { needsRecovery } from "./journal.ts";

function run(program: string, ...args: string[]): void {
  assertEquals(new Deno.Command(program, { args, stderr: "null" }).outputSync().success, true);
}

Deno.test("needsRecovery() reads the mark as e2fsprogs writes it", async () => {
  const disk = await Deno.makeTempFile();
  assertEquals(needsRecovery(disk), false);
  await Deno.truncate(disk, 8 << 20);
  assertEquals(needsRecovery(disk), false);
  run("/sbin/mkfs.ext4", "-q", "-F", disk);
  assertEquals(needsRecovery(disk), false);
  run("/sbin/debugfs", "-w", "-R", "feature needs_recovery", disk);
  assertEquals(needsRecovery(disk), true);
  await Deno.remove(disk);
});
