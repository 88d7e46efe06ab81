import { assertTrue } from "./assert.ts";
import { residentBytes, watchMemory } from "./memory.ts";

Deno.test({
  name: "watchMemory() sees a process grow",
  ignore: Deno.build.os !== "linux",
  fn: async () => {
    using watch = watchMemory(Deno.pid, 0);
    const before = residentBytes(Deno.pid);
    const held = new Uint8Array(40 << 20).fill(1);
    const seen = (): boolean => watch.growth() >= before + (30 << 20);
    for (let look = 0; look < 100 && !seen(); look++) {
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    assertTrue(seen(), `${watch.growth()} beside ${before}`);
    assertTrue(held[0] === 1 && residentBytes(0x7fff_ffff) === 0);
  },
});
