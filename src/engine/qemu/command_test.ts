import { assertEquals, assertThrows, assertTrue } from "../../../tests/harness/assert.ts";
import { SmolvmError } from "../../error.ts";
import { qemuArguments } from "./command.ts";

const vm = {
  cpus: 2,
  memoryMiB: 512,
  brief: true,
  disks: [{ path: "/a,b.erofs", readOnly: true }, { path: "/s", readOnly: false }],
};

Deno.test("qemuArguments() confines QEMU and reports disk errors to the guest", () => {
  const args = qemuArguments(vm, "/vmlinux").join(" ");
  assertTrue(args.includes("spawn=deny"));
  assertTrue(args.includes("file=/s,format=raw,if=none,werror=report,rerror=report"));
});

Deno.test("qemuArguments() keeps disks in order, read-only ones read-only, and commas in paths", () => {
  const drives = qemuArguments(vm, "/vmlinux").filter((word) => word.startsWith("id=disk"));
  assertEquals(drives[0], "id=disk0,file=/a,,b.erofs,format=raw,if=none,readonly=on");
  assertEquals(drives.length, 2);
});

Deno.test("qemuArguments() gives the guest no network, no vsock and no shared folder", () => {
  assertTrue(!qemuArguments(vm, "/vmlinux").some((word) => /net|vsock|9p|fsdev|vhost/.test(word)));
});

Deno.test("qemuArguments() says what does not fit", () => {
  const disks = Array.from({ length: 4 }, () => ({ path: "/d", readOnly: true }));
  assertThrows(() => qemuArguments({ ...vm, disks }, "/vmlinux"), SmolvmError, "has room for 3");
});

Deno.test("qemuArguments() syncs on the host what a guest syncs to a disk that stays", () => {
  assertTrue(qemuArguments(vm, "/vmlinux").join(" ").includes("cache=unsafe"));
  assertTrue(qemuArguments({ ...vm, brief: false }, "/vmlinux").join(" ").includes("cache=writeback"));
});
