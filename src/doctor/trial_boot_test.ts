import { assertEquals, assertRejects, assertTrue } from "../../tests/harness/assert.ts";
import "../../tests/harness/open_libc.ts";
import { standInPayload } from "../../tests/harness/stand_in_payload.ts";
import { type Boot, StandInEngine } from "../../tests/harness/stand_in_vm.ts";
import { SmolvmError } from "../error.ts";
import { trialBoot } from "./trial_boot.ts";

/** Boots a stand-in, and tells what was left of its disk. */
async function withTrial(
  boots: readonly Boot[],
  body: (trial: ReturnType<typeof trialBoot>, engine: StandInEngine) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir();
  const paths = { data: `${folder}/data`, cache: `${folder}/cache`, runtime: `${folder}/run` };
  const engine = new StandInEngine({}, boots);
  try {
    await body(trialBoot({ paths, payload: standInPayload(folder), choice: { engine } }), engine);
    const left = [...Deno.readDirSync(`${paths.cache}/scratch`)].map(({ name }) => name);
    assertEquals(left.filter((name) => name !== "lock"), []);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("trialBoot() tells how long a boot took, and leaves neither VM nor disk", () =>
  withTrial(["up"], async (trial, engine) => {
    const { milliseconds, error } = await trial;
    assertTrue(milliseconds > 0 && milliseconds < 10_000, `${milliseconds} ms`);
    assertEquals([error, engine.vmms.length, engine.vmm.killed], [undefined, 1, true]);
  }));

Deno.test("trialBoot() fails with the reason of a VM that does not come up", async () => {
  await withTrial(["panic", "panic"], async (trial, engine) => {
    await assertRejects(() => trial, SmolvmError, "no init found");
    assertEquals(engine.vmm.killed, true);
  });
  await withTrial(["no engine"], async (trial) => {
    await assertRejects(() => trial, SmolvmError, "cannot start the VMM stand-in: no such file");
  });
});
