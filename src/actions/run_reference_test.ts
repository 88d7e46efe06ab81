import { assertEquals, assertRejects, assertThrows } from "../../tests/harness/assert.ts";
import { MadeHost } from "../../tests/harness/made_host.ts";
import { parseImageName } from "../image/model/image_name.ts";
import { SmolvmError } from "../error.ts";
import { runReference } from "./run_reference.ts";

const image = { name: parseImageName("made:1"), process: { command: [], env: [] } };
const sink = () => Promise.resolve();
const options = { streams: { stdout: sink, stderr: sink }, signal: AbortSignal.timeout(10_000) };

Deno.test("runReference() judges every value before it opens anything", async () => {
  using host = new MadeHost();
  const wishes = [{ image, cpus: 0 }, { image, memoryMiB: 1 }, { image, hostname: "a b" }];
  for (const wish of wishes) {
    assertEquals((await assertRejects(() => runReference(wish, host, options), SmolvmError)).kind, "usage");
  }
  const environment = { ...host.environment, SMOLVM_ENGINE: "kvm" };
  const elsewhere = { program: host.program, paths: host.paths, payload: host.payload, environment };
  await assertRejects(
    () => runReference({ image }, elsewhere, options),
    SmolvmError,
    "cannot use SMOLVM_ENGINE",
  );
  assertThrows(() => Deno.statSync(host.paths.data), Deno.errors.NotFound);
});
