import { assertEquals } from "../../tests/harness/assert.ts";
import "../../tests/harness/open_libc.ts";
import { sweepCache } from "./sweep_cache.ts";

const DAY = 86_400_000;

Deno.test("sweepCache() removes saved VMs that nobody went on from for 30 days, at most once a day, and never fails", async () => {
  const cache = await Deno.makeTempDir();
  try {
    for (const key of ["aa", "bb"]) await Deno.mkdir(`${cache}/templates/${key}`, { recursive: true });
    const old = new Date(Date.now() - 31 * DAY);
    await Deno.utime(`${cache}/templates/aa`, old, old);
    const left = () => [...Deno.readDirSync(`${cache}/templates`)].map(({ name }) => name).sort();
    sweepCache({ cache });
    assertEquals(left(), ["bb"]);
    await Deno.utime(`${cache}/templates/bb`, old, old);
    sweepCache({ cache });
    assertEquals(left(), ["bb"]);
    sweepCache({ cache }, Date.now() + 2 * DAY);
    assertEquals(left(), []);
    sweepCache({ cache: "/dev/null" });
  } finally {
    await Deno.remove(cache, { recursive: true });
  }
});
