import { assertEquals } from "../../tests/harness/assert.ts";
import { plainVm } from "../../tests/harness/plain_vm.ts";
import { disksOf, placesOf, type VmDescription } from "./vm_description.ts";

const vm: VmDescription = { ...plainVm, storage: { path: "/storage", durability: "kept" } };

Deno.test("disksOf() attaches the disks in the order of their places", () => {
  for (const plan of [vm, { ...vm, image: "/image.erofs" }]) {
    const places = disksOf(plan).map(({ place }) => place);
    assertEquals(places, ["vda", "vdb", "vdc"].slice(0, places.length));
  }
});

Deno.test("placesOf() says where each disk is, with an image and without", () => {
  const at = (plan: VmDescription, place: string) => disksOf(plan).find((disk) => disk.place === place)?.path;
  const withImage = { ...vm, image: "/image.erofs" };
  const { root, image, storage } = placesOf(withImage);
  assertEquals([root, image, storage].map((place) => at(withImage, place)), [
    "/root.erofs",
    "/image.erofs",
    "/storage",
  ]);
  assertEquals(placesOf(vm).image, undefined);
  assertEquals(at(vm, placesOf(vm).storage), "/storage");
});

Deno.test("disksOf() has only the storage written to, as durably as is wanted", () => {
  const scratch = { ...vm, storage: { path: "/storage", durability: "scratch" } as const };
  assertEquals(disksOf(scratch).map(({ durability }) => durability), [undefined, "scratch"]);
});

Deno.test("disksOf() attaches volumes behind the storage, and those that are read-only for reading", () => {
  const volumes = [{ path: "/one", readOnly: false }, { path: "/two", readOnly: true }];
  for (const plan of [{ ...vm, volumes }, { ...vm, image: "/image.erofs", volumes }]) {
    const disks = disksOf(plan);
    assertEquals(disks.map(({ place }) => place), ["vda", "vdb", "vdc", "vdd", "vde"].slice(0, disks.length));
    assertEquals(placesOf(plan).volumes.map((place) => disks.find((disk) => disk.place === place)), [
      { place: placesOf(plan).volumes[0] ?? "", path: "/one", durability: "kept" },
      { place: placesOf(plan).volumes[1] ?? "", path: "/two" },
    ]);
  }
});
