import { assertEquals } from "../../tests/harness/assert.ts";
import { volumeRequests } from "./volume_requests.ts";

Deno.test("volumeRequests() tells the guest the disk of each volume, also where one is at two places", () => {
  const at = (name: string, target: string, readOnly = false) => ({ name, target, readOnly, copy: true });
  const uses = [at("two", "/b"), at("one", "/a", true), at("two", "/c"), at("none", "/d")];
  assertEquals(volumeRequests(uses, ["two", "one"], ["vdd", "vde"]), [
    { place: "vdd", target: "/b", readOnly: false, copy: true },
    { place: "vde", target: "/a", readOnly: true, copy: false },
    { place: "vdd", target: "/c", readOnly: false, copy: true },
  ]);
});
