import { assertEquals, assertMatch, assertTrue } from "../../../tests/harness/assert.ts";
import { plainVm } from "../../../tests/harness/plain_vm.ts";
import type { VmDescription } from "../vm_description.ts";
import { qemuArguments, type ResumedMemory } from "./command.ts";

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

Deno.test("qemuArguments() has the board of the guest's processor, and what the host's system knows", () => {
  const mac = qemuArguments(vm, "/Image", undefined, undefined, { system: "darwin", processor: "aarch64" })
    .join(" ");
  assertTrue(mac.startsWith("-M virt,gic-version=3 -accel tcg"));
  assertTrue(mac.includes("-cpu max,pauth-impdef=on -global virtio-mmio.force-legacy=false "));
  assertMatch(mac, /drive=vdc .*drive=vdb .*drive=vda$/);
  assertTrue(mac.includes("path=/dev/fd/2") && !/-sandbox|tsc=|reboot=|noapictimer/.test(mac));
  const linux = qemuArguments(vm, "/vmlinux", undefined, undefined, { system: "linux", processor: "x86_64" })
    .join(" ");
  assertTrue(
    linux.startsWith(
      "-M microvm,acpi=off,auto-kernel-cmdline=on -accel tcg,thread=multi -cpu max,-erms,-fsrm -smp ",
    ),
  );
  assertTrue(linux.includes("path=/proc/self/fd/2") && linux.includes("-sandbox on"));
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

Deno.test("qemuArguments() maps a copy of a template's memory, or the template's own without a right to write", () => {
  const memory = (memory: ResumedMemory) =>
    qemuArguments(vm, "/vmlinux", {}, { how: "resume", memory, monitor: 7 })
      .find((word) => word.startsWith("memory-backend"));
  const size = `memory-backend-file,id=memory,size=${vm.memoryMiB}M`;
  assertEquals(memory({ copy: 9 }), `${size},share=on,mem-path=/proc/self/fd/9`);
  assertEquals(memory({ template: "/t,m" }), `${size},share=off,readonly=on,rom=off,mem-path=/t,,m`);
});

Deno.test("qemuArguments() gives the guest no network, no vsock and no shared folder", () => {
  assertTrue(!qemuArguments(vm, "/vmlinux").some((word) => /net|vsock|9p|fsdev|vhost/.test(word)));
});

Deno.test("qemuArguments() fills the board of 8 devices with disks, three volumes and shared folders", () => {
  const shares = Array.from({ length: 3 }, () => ({ path: "/here", readOnly: false }));
  const network = { mac: "02:00:00:00:00:01" };
  const devices = (more: Partial<VmDescription>) =>
    qemuArguments({ ...vm, shares, ...more }, "/vmlinux").join(" ")
      .match(/-device v(irtio|host)-\S*device\b|-device vhost-user-fs-device/g)?.length;
  // One virtio-mmio slot each of 8: the serial device, three disks, three volumes, one device for the shared folders.
  assertEquals(devices({ volumes: shares }), 8);
  assertEquals([devices({}), devices({ network })], [7, 6]);
});

Deno.test("qemuArguments() has a network card behind the disks, on an inherited socket", () => {
  const args = qemuArguments({ ...vm, network: { mac: "02:00:00:00:00:01" } }, "/vmlinux", { network: 7 });
  const at = args.indexOf("-netdev");
  assertEquals(args.slice(at, at + 4), [
    "-netdev",
    "stream,id=network,server=off,addr.type=fd,addr.str=7",
    "-device",
    "virtio-net-device,netdev=network,mac=02:00:00:00:00:01",
  ]);
  assertTrue(at > args.findLastIndex((word) => word.startsWith("virtio-blk-device")));
  assertTrue(!args.some((word) => /vsock|addr\.path|hostfwd|-netdev user/.test(word)));
});

Deno.test("qemuArguments() has a virtio-fs device behind the disks for a share, and memory that its server maps", () => {
  const shares = [{ path: "/here", readOnly: true }];
  const args = qemuArguments({ ...vm, shares }, "/vmlinux", { shares: new Map([["share0", 9]]) }).join(" ");
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
