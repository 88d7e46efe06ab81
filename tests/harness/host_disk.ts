/**
 * A disk of the host of its own for a home, so that a test can fill it or make it read-only. Needs root.
 *
 * @module
 */
import { assertTrue } from "./assert.ts";
import { type Home, processesWith } from "./smolvm.ts";

/** Size of the disk: the parts of the binary take half of it. */
const BYTES = 768 * 2 ** 20;

/** Mounts a disk at the home's folder, and takes both away when the tests of the file are over. */
export async function giveOwnDisk(home: Home): Promise<void> {
  const image = Deno.makeTempFileSync({ prefix: "smolvm-disk-" });
  Deno.truncateSync(image, BYTES);
  await command("mkfs.ext4", "-q", "-m", "0", image);
  await command("mount", "-o", "loop", image, home.path);
  globalThis.addEventListener("unload", () => {
    for (const pid of processesWith(`${home.path}/`)) Deno.kill(pid, "SIGKILL");
    for (let turn = 0; turn < 50; turn++) {
      if (new Deno.Command("umount", { args: [home.path] }).outputSync().success) break;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 100);
    }
    Deno.removeSync(home.path, { recursive: true });
    Deno.removeSync(image);
  });
}

/** Mounts the home's disk again, `ro` or `rw`. */
export async function remount(home: Home, mode: "ro" | "rw"): Promise<void> {
  await command("mount", "-o", `remount,${mode}`, home.path);
}

async function command(program: string, ...args: string[]): Promise<void> {
  const { success, stderr } = await new Deno.Command(program, { args }).output();
  assertTrue(success, `${program} ${args.join(" ")}: ${new TextDecoder().decode(stderr)}`);
}
