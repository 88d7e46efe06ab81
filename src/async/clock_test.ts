import { assertTrue } from "../../tests/harness/assert.ts";
import { systemClock } from "./clock.ts";

Deno.test("systemClock goes on while it waits", async () => {
  const begun = systemClock.now();
  await systemClock.delay(5);
  const waited = systemClock.now() - begun;
  assertTrue(waited >= 4 && waited < 5_000, `${waited}`);
});
