import { assertEquals, assertThrows, assertTrue } from "../../../tests/harness/assert.ts";
import { plainVm } from "../../../tests/harness/plain_vm.ts";
import { SmolvmError } from "../../error.ts";
import type { VmDescription } from "../vm_description.ts";
import { qemuArguments } from "./command.ts";

const vm: VmDescription = {
  ...plainVm,
  root: "/a,b.erofs",
  image: "/image.erofs",
  storage: { path: "/s", durability: "scratch" },
};

Deno.test("qemuArguments() confines QEMU and reports disk errors to the guest", () => {
  const args = qemuArguments(vm, "/vmlinux").join(" ");
  assertTrue(args.includes("spawn=deny"));
  assertTrue(args.includes("file=/s,format=raw,if=none,werror=report,rerror=report"));
});

Deno.test("qemuArguments() keeps disks in order, read-only ones read-only, and commas in paths", () => {
  const drives = qemuArguments(vm, "/vmlinux").filter((word) => word.startsWith("id=vd"));
  assertEquals(drives.slice(0, 2), [
    "id=vda,file=/a,,b.erofs,format=raw,if=none,readonly=on",
    "id=vdb,file=/image.erofs,format=raw,if=none,readonly=on",
  ]);
  const devices = qemuArguments(vm, "/vmlinux").filter((word) => word.startsWith("virtio-blk-device"));
  assertEquals(devices.map((word) => word.split("drive=")[1]), ["vda", "vdb", "vdc"]);
});

Deno.test("qemuArguments() gives the guest no network, no vsock and no shared folder", () => {
  assertTrue(!qemuArguments(vm, "/vmlinux").some((word) => /net|vsock|9p|fsdev|vhost/.test(word)));
});

Deno.test("qemuArguments() says what the board cannot do in the words of the plan", () => {
  assertThrows(
    () => qemuArguments({ ...vm, network: { socket: "/frames" } }, "/vmlinux"),
    SmolvmError,
    "the qemu engine cannot give a VM a network",
  );
});

Deno.test("qemuArguments() has a virtio-fs device behind the disks for a share, and memory that its server maps", () => {
  const shares = [{ path: "/here", readOnly: true }];
  const args = qemuArguments({ ...vm, shares }, "/vmlinux", new Map([["share0", 9]])).join(" ");
  assertTrue(
    args.includes("memory-backend=memory -object memory-backend-memfd,id=memory,size=128M,share=on"),
  );
  assertTrue(
    args.endsWith(
      "-chardev socket,id=share0,fd=9 -device vhost-user-fs-device,chardev=share0,tag=share0,queue-size=1024",
    ),
  );
  assertTrue(!args.includes("/here"));
});

Deno.test("qemuArguments() syncs on the host what a guest syncs to a disk that is kept", () => {
  const cacheOf = (durability: "kept" | "scratch") =>
    /cache=(\w+)/.exec(
      qemuArguments({ ...vm, storage: { path: "/s", durability } }, "/vmlinux").join(" "),
    )?.[1];
  assertEquals([cacheOf("scratch"), cacheOf("kept")], ["unsafe", "writeback"]);
});
