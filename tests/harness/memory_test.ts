import { assertTrue } from "./assert.ts";
import { residentBytes, watchMemory } from "./memory.ts";

Deno.test({
  name: "watchMemory() sees a process grow",
  ignore: Deno.build.os !== "linux",
  fn: async () => {
    using watch = watchMemory(Deno.pid, 0);
    const before = residentBytes(Deno.pid);
    const held = new Uint8Array(40 << 20).fill(1);
    await new Promise((resolve) => setTimeout(resolve, 300));
    assertTrue(watch.growth() >= before + (30 << 20), `${watch.growth()} beside ${before}`);
    assertTrue(held[0] === 1 && residentBytes(0x7fff_ffff) === 0);
  },
});
