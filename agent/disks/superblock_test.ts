import { assertEquals } from "../../tests/harness/assert.ts";
import { decodeSuperblock, SUPERBLOCK } from "./superblock.ts";

/** A filesystem of e2fsprogs, changed by debugfs. */
function superblockOf(...requests: string[]): ReturnType<typeof decodeSuperblock> {
  const path = Deno.makeTempFileSync({ prefix: "smolvm-superblock-" });
  try {
    Deno.truncateSync(path, 8 << 20);
    run("mkfs.ext4", "-q", "-b", "1024", "-L", "some-label", path, "4096");
    for (const request of requests) run("debugfs", "-w", "-R", request, path);
    return decodeSuperblock(Deno.readFileSync(path).slice(SUPERBLOCK.begin, SUPERBLOCK.end));
  } finally {
    Deno.removeSync(path);
  }
}

function run(program: string, ...args: string[]): void {
  assertEquals(new Deno.Command(program, { args, stderr: "null" }).outputSync().success, true);
}

Deno.test("decodeSuperblock() reads label, size and state as e2fsprogs writes them", () => {
  assertEquals(superblockOf(), { label: "some-label", bytes: 4 << 20, hasErrors: false });
  assertEquals(superblockOf("set_super_value state 0x3")?.hasErrors, true);
  assertEquals(superblockOf("set_super_value state 0x0")?.hasErrors, false);
});

Deno.test("decodeSuperblock() knows what is no ext4", () => {
  assertEquals(decodeSuperblock(new Uint8Array(1024)), undefined);
});
