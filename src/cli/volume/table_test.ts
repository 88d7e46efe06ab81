import { assertEquals } from "../../../tests/harness/assert.ts";
import { volumeTable } from "./table.ts";

const volume = {
  name: "cache",
  created: "2026-01-01T00:00:00.000Z",
  labels: {},
  bytes: 20 * 2 ** 30,
  usedBytes: 1_500_000,
  disk: "/data/volumes/cache/disk.ext4",
  machines: [],
  inUse: false,
};

Deno.test("volumeTable() aligns a line for each volume, and says who needs it", () => {
  const volumes = [
    volume,
    { ...volume, name: "data", machines: ["web", "db"], inUse: true, holder: { pid: 7, machine: "web" } },
    { ...volume, name: "tmp", inUse: true, holder: { pid: 7 } },
  ];
  const lines = volumeTable(volumes, Date.parse("2026-01-03T00:00:00.000Z"));
  assertEquals(lines.map((line) => line.split(/ {2,}/)), [
    ["NAME", "DISK", "SIZE", "USED BY", "CREATED"],
    ["cache", "1.50 MB", "21.5 GB", "-", "2 days"],
    ["data", "1.50 MB", "21.5 GB", "web, db", "2 days"],
    ["tmp", "1.50 MB", "21.5 GB", "a run (process 7)", "2 days"],
  ]);
});
