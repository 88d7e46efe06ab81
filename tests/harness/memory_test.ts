import { assertTrue } from "./assert.ts";
import { residentBytes, usedBytes, watchMemory } from "./memory.ts";

/** Says that it is there, and takes 80 MiB when it is told to. */
const program = `
  console.log("up");
  await Deno.stdin.read(new Uint8Array(1));
  globalThis.held = new Uint8Array(80 << 20).fill(1);
  setTimeout(() => {}, 60_000);`;

Deno.test({
  name: "watchMemory() sees a process grow",
  ignore: Deno.build.os !== "linux",
  fn: async () => {
    const child = new Deno.Command(Deno.execPath(), {
      args: ["eval", program],
      stdin: "piped",
      stdout: "piped",
    }).spawn();
    try {
      const reader = child.stdout.getReader();
      await reader.read();
      using watch = watchMemory(child.pid, 0);
      const before = residentBytes(child.pid);
      const writer = child.stdin.getWriter();
      await writer.write(new Uint8Array(1));
      const seen = (): boolean => watch.growth() >= before + (60 << 20);
      for (let look = 0; look < 100 && !seen(); look++) {
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
      assertTrue(seen(), `${watch.growth()} beside ${before}`);
      await Promise.all([reader.cancel(), writer.close()]);
    } finally {
      child.kill("SIGKILL");
      await child.status;
    }
    assertTrue(residentBytes(0x7fff_ffff) === 0);
  },
});

Deno.test("usedBytes() has what is referred to, and nothing of what was thrown away", async () => {
  const before = await usedBytes();
  let kept: unknown[] | undefined = Array.from({ length: 300_000 }, (_, index) => ({ index }));
  let bytes: Uint8Array | undefined = new Uint8Array(32 << 20);
  const held = await usedBytes();
  assertTrue(
    held - before > (32 << 20) + 300_000 * 12,
    `${held} beside ${before}, ${kept.length} ${bytes.length}`,
  );
  kept = bytes = undefined;
  const after = await usedBytes();
  assertTrue(after - before < 1 << 20, `${after} beside ${before}`);
});
