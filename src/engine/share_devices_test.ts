import { assertEquals } from "../../tests/harness/assert.ts";
import { shareDevices, sharePlaces } from "./share_devices.ts";

const folder = (path: string, readOnly = false) => ({ path, readOnly });

Deno.test("shareDevices() gives up to three folders a device each, which is the folder", () => {
  const shares = [folder("/a"), folder("/b", true), folder("/c")];
  assertEquals(shareDevices(shares).map(({ tag, readOnly, folder }) => [tag, readOnly, folder?.path]), [
    ["share0", false, "/a"],
    ["share1", true, "/b"],
    ["share2", false, "/c"],
  ]);
  assertEquals(sharePlaces(shares)[1], { tag: "share1", path: "" });
  assertEquals([shareDevices([]), sharePlaces([])], [[], []]);
});

Deno.test("shareDevices() has one device carry many folders, and any file", () => {
  const many = [..."abcdefghijkl"].map((name) => folder(`/${name}`));
  const [device, ...others] = shareDevices(many);
  assertEquals([device?.tag, device?.folder, device?.entries.length, others.length], [
    "shares",
    undefined,
    12,
    0,
  ]);
  assertEquals(sharePlaces(many)[11], { tag: "shares", path: "11" });
  const file = shareDevices([{ ...folder("/f", true), isFile: true }]);
  assertEquals(file.map(({ tag, readOnly, entries }) => [tag, readOnly, entries[0]?.name]), [[
    "shares",
    true,
    "0",
  ]]);
});
