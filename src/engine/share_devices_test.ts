import { assertEquals } from "../../tests/harness/assert.ts";
import { shareDevices, sharePlaces } from "./share_devices.ts";

const folder = (path: string, readOnly = false) => ({ path, readOnly });

Deno.test("shareDevices() gives up to three folders a device each, which is the folder", () => {
  const shares = [folder("/a"), folder("/b", true), folder("/c")];
  assertEquals(shareDevices({ shares }).map(({ tag, readOnly, folder }) => [tag, readOnly, folder?.path]), [
    ["share0", false, "/a"],
    ["share1", true, "/b"],
    ["share2", false, "/c"],
  ]);
  assertEquals(sharePlaces({ shares })[1], { tag: "share1", path: "" });
  assertEquals([shareDevices({ shares: [] }), sharePlaces({ shares: [] })], [[], []]);
});

Deno.test("shareDevices() has one device carry many folders, and any file", () => {
  const many = [..."abcdefghijkl"].map((name) => folder(`/${name}`));
  const [device, ...others] = shareDevices({ shares: many });
  assertEquals([device?.tag, device?.folder, device?.entries.length, others.length], [
    "shares",
    undefined,
    12,
    0,
  ]);
  assertEquals(sharePlaces({ shares: many })[11], { tag: "shares", path: "11" });
  const file = shareDevices({ shares: [{ ...folder("/f", true), isFile: true }] });
  assertEquals(file.map(({ tag, readOnly, entries }) => [tag, readOnly, entries[0]?.name]), [[
    "shares",
    true,
    "0",
  ]]);
});

Deno.test("shareDevices() leaves the places of a volume and of a network to them", () => {
  const shares = [folder("/a"), folder("/b")];
  const volume = folder("/v");
  const tags = (vm: Parameters<typeof shareDevices>[0]) => shareDevices(vm).map(({ tag }) => tag);
  assertEquals(tags({ shares, volumes: [volume] }), ["share0", "share1"]);
  assertEquals(tags({ shares, volumes: [volume, volume] }), ["shares"]);
  assertEquals(sharePlaces({ shares, volumes: [volume, volume] })[1], { tag: "shares", path: "1" });
  assertEquals(tags({ shares: [folder("/a")], volumes: [volume, volume] }), ["share0"]);
  assertEquals(tags({ shares: [folder("/a")], volumes: [volume, volume, volume] }), ["shares"]);
  assertEquals(tags({ shares, volumes: [volume], network: { mac: "02:00:00:00:00:01" } }), ["shares"]);
});
