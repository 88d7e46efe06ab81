import { assertEquals, assertMatch, assertRejects } from "../../tests/harness/assert.ts";
import { DISK_BYTES } from "../../tests/harness/bundled_parts.ts";
import { MadeHost } from "../../tests/harness/made_host.ts";
import { SmolvmError } from "../error.ts";
import { createVolume } from "./create_volume.ts";
import { inspectVolume } from "./list_volumes.ts";

Deno.test("createVolume() makes one of 20 GiB, or of the size that is wanted, named or not", async () => {
  using host = new MadeHost();
  assertEquals(await createVolume({ name: "cache", labels: { a: "b" } }, host), "cache");
  const { bytes, labels, machines, inUse } = await inspectVolume("cache", host);
  assertEquals([bytes, labels, machines, inUse], [20 * 2 ** 30, { a: "b" }, [], false]);
  const name = await createVolume({ bytes: DISK_BYTES + 1 }, host);
  assertMatch(name, /^[0-9a-f]{64}$/);
  assertEquals((await inspectVolume(name, host)).bytes, DISK_BYTES + 4096);
});

Deno.test("createVolume() takes one that is there for the one that is wanted, but not of another size", async () => {
  using host = new MadeHost();
  await createVolume({ name: "cache", bytes: DISK_BYTES }, host);
  assertEquals(await createVolume({ name: "cache" }, host), "cache");
  assertEquals(await createVolume({ name: "cache", bytes: DISK_BYTES }, host), "cache");
  await assertRejects(
    () => createVolume({ name: "cache", bytes: 2 * DISK_BYTES }, host),
    SmolvmError,
    `cannot make the volume cache: there is one of that name, of ${DISK_BYTES} bytes; choose another name`,
  );
  await assertRejects(() => createVolume({ name: "-x" }, host), SmolvmError, "it is not a volume name");
  await assertRejects(() => createVolume({ bytes: 5 }, host), SmolvmError, "give at least 134217728 bytes");
});
