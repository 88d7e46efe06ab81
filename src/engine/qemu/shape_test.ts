import { assertEquals } from "../../../tests/harness/assert.ts";
import { plainVm } from "../../../tests/harness/plain_vm.ts";
import { disksOf } from "../vm_description.ts";
import { onStandIns } from "./shape.ts";

const standIns = { image: "/i", storage: "/s", volume: (index: number) => `/v${index}` };

Deno.test("onStandIns() has as many disks as the VM, each as it was but for its file", () => {
  assertEquals(disksOf(onStandIns(plainVm, standIns)).map(({ path }) => path), ["/root.erofs", "/s"]);
  const volumes = [{ path: "/a", readOnly: false }, { path: "/b", readOnly: true }];
  const vm = { ...plainVm, image: "/image", volumes };
  const kinds = (disks: ReturnType<typeof disksOf>) => disks.map(({ path: _, ...rest }) => rest);
  const after = disksOf(onStandIns(vm, standIns));
  assertEquals(after.map(({ path }) => path), ["/root.erofs", "/i", "/s", "/v0", "/v1"]);
  assertEquals(kinds(after), kinds(disksOf(vm)));
});
