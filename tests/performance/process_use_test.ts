import { assertTrue } from "../harness/assert.ts";
import { anonymousMiB, processUse } from "./process_use.ts";

Deno.test({
  name: "a process has used what it has worked and held",
  ignore: Deno.build.os !== "linux",
  fn: () => {
    const before = processUse(Deno.pid).seconds;
    for (const until = performance.now() + 100; performance.now() < until;);
    const { seconds, mostMiB } = processUse(Deno.pid);
    assertTrue(seconds > before && seconds < before + 60);
    assertTrue(mostMiB > anonymousMiB(Deno.pid) && anonymousMiB(Deno.pid) > 5);
  },
});
