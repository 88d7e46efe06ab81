import { join } from "node:path";
import { assertEquals } from "../../tests/harness/assert.ts";
import { plainCommand } from "../../tests/harness/plain_command.ts";
import "../../tests/harness/open_libc.ts";
import type { Digest } from "../image/model/image.ts";
import { MachineRecords } from "../machines/records.ts";
import { SPEC_VERSION, storageOnly } from "../machines/spec.ts";
import { ImageUsers } from "./image_users.ts";

const [one, two, three] = ["1", "2", "3"].map((digit) => `sha256:${digit.repeat(64)}`) as [
  Digest,
  Digest,
  Digest,
];

function command(imageId: Digest) {
  return { ...plainCommand, image: "x", imageId };
}

Deno.test("ImageUsers tells of machines and containers that do not run, and makes no table", async () => {
  const folder = await Deno.makeTempDir();
  const paths = { data: folder, cache: join(folder, "cache"), runtime: join(folder, "run") };
  try {
    {
      using none = await ImageUsers.open(paths);
      assertEquals([none.use(one), [...Deno.readDirSync(folder)]], [undefined, []]);
    }
    const about = { created: "2026-01-01T00:00:00Z", hostname: "h" } as const;
    const machine = { id: "0123456789ab", name: "web", labels: {}, restart: "no", engine: "auto" } as const;
    {
      using records = await MachineRecords.open(paths);
      const sizes = { cpus: 1, memoryMiB: 128, devices: storageOnly(1) };
      records.create({ ...about, version: SPEC_VERSION, ...machine, ...sizes, command: command(one) });
      const container = {
        version: 5,

        labels: {},
        id: "ba9876543210",
        command: command(two),
      } as const;
      records.containers.create(machine, { ...about, ...container, shares: [], volumes: [] });
    }
    using users = await ImageUsers.open(paths);
    assertEquals(users.use(one)?.reason, "the machine web is made of it");
    assertEquals(users.use(two)?.reason, "the container ba9876543210 in web is made of it");
    assertEquals(users.use(three), undefined);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
