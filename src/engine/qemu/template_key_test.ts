import { assertEquals, assertMatch } from "../../../tests/harness/assert.ts";
import { plainVm } from "../../../tests/harness/plain_vm.ts";
import { templateKey } from "./template_key.ts";

const parts = { kernel: "/cache/parts/aa/vmlinux", program: "/bin/sh" };
const vm = { ...plainVm, root: "/cache/parts/bb/root.erofs" };

Deno.test({
  name: "templateKey() is the same for VMs that differ in their disks and in the folder of the parts",
  ignore: Deno.build.os !== "linux",
  fn: async () => {
    const key = await templateKey(vm, parts);
    assertMatch(key, /^[0-9a-f]{32}$/);
    const other = { ...vm, root: "/home/parts/bb/root.erofs", storage: { ...vm.storage, path: "/other" } };
    assertEquals(await templateKey(other, { ...parts, kernel: "/home/parts/aa/vmlinux" }), key);
    const [one, two] = ["/one", "/two"].map((image) => templateKey({ ...vm, image }, parts));
    assertEquals(await one, await two);
    const [three, four] = ["/one", "/two"].map((path) =>
      templateKey({ ...vm, volumes: [{ path, readOnly: false }] }, parts)
    );
    assertEquals(await three, await four);
  },
});

Deno.test({
  name: "templateKey() is another one where the saved state would not fit",
  ignore: Deno.build.os !== "linux",
  fn: async () => {
    const keys = await Promise.all([
      templateKey(vm, parts),
      templateKey({ ...vm, cpus: 2 }, parts),
      templateKey({ ...vm, memoryMiB: 256 }, parts),
      templateKey({ ...vm, image: "/image" }, parts),
      templateKey({ ...vm, rootWritable: true }, parts),
      templateKey({ ...vm, volumes: [{ path: "/one", readOnly: false }] }, parts),
      templateKey({ ...vm, volumes: [{ path: "/one", readOnly: true }] }, parts),
      templateKey({ ...vm, root: "/cache/parts/cc/root.erofs" }, parts),
      templateKey({ ...vm, network: { mac: "5a:94:ef:e4:0c:02" } }, parts),
      templateKey(vm, { ...parts, kernel: "/cache/parts/dd/vmlinux" }),
      templateKey(vm, { ...parts, program: "/bin/ls" }),
    ]);
    assertEquals(new Set(keys).size, keys.length);
  },
});
