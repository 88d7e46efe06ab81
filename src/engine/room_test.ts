import { assertEquals, assertThrows } from "../../tests/harness/assert.ts";
import { plainVm } from "../../tests/harness/plain_vm.ts";
import { SmolvmError } from "../error.ts";
import { refuseUnfit } from "./room.ts";
import type { VmDescription } from "./vm_description.ts";

const vm = { ...plainVm, image: "/image.erofs" };
const room = { engine: "qemu", devices: 7 } as const;
const network = { mac: "02:00:00:00:00:01" };
const shares = (count: number) => Array.from({ length: count }, () => ({ path: "/here", readOnly: true }));

function refused(plan: VmDescription, devices: number = room.devices): string {
  const { kind, reason, remedy } = assertThrows(() => refuseUnfit(plan, { ...room, devices }), SmolvmError);
  assertEquals(kind, "engine");
  return `${reason}; ${remedy}`;
}

Deno.test("refuseUnfit() lets the VMs of today pass", () => {
  refuseUnfit(vm, room);
  refuseUnfit(plainVm, room);
});

Deno.test("refuseUnfit() counts the room that disks and network leave for shared folders", () => {
  assertEquals(
    refused({ ...vm, shares: shares(3) }, 5),
    "3 shared folders, and the qemu engine has room for 2; share fewer folders",
  );
  assertEquals(
    refused({ ...plainVm, network, shares: shares(2) }, 4),
    "2 shared folders, and the qemu engine has room for 1; share fewer folders",
  );
  refuseUnfit({ ...vm, shares: shares(3) }, room);
  const volumes = (count: number) => ({ volumes: shares(count) });
  assertEquals(
    refused({ ...vm, ...volumes(3), shares: shares(2) }, 6),
    "3 volumes and 1 shared folder, and the qemu engine has room for 3; use fewer volumes or shared folders",
  );
  assertEquals(
    refused({ ...vm, network, ...volumes(3) }, 6),
    "3 volumes, and the qemu engine has room for 2; use fewer volumes or shared folders",
  );
  refuseUnfit({ ...vm, ...volumes(3), shares: shares(40) }, room);
  refuseUnfit({ ...vm, ...volumes(2), shares: shares(40) }, { ...room, devices: 6 });
  refuseUnfit({ ...vm, shares: shares(40) }, room);
});

Deno.test("refuseUnfit() has room for a network beside three disks, and three shared folders on QEMU's board", () => {
  refuseUnfit({ ...vm, network, shares: shares(3) }, room);
  refuseUnfit({ ...vm, network, shares: shares(2) }, { engine: "krun", devices: 6 });
  refuseUnfit({ ...vm, network, shares: shares(40) }, { engine: "krun", devices: 6 });
});
