import { assertEquals, assertThrows } from "../../tests/harness/assert.ts";
import { plainVm } from "../../tests/harness/plain_vm.ts";
import { SmolvmError } from "../error.ts";
import { refuseUnfit } from "./room.ts";
import type { VmDescription } from "./vm_description.ts";

const vm = { ...plainVm, image: "/image.erofs" };
const room = { engine: "qemu", devices: 7 } as const;
const network = { socket: "/frames" };
const shares = (count: number) => Array.from({ length: count }, () => ({ path: "/here", readOnly: true }));

function refused(plan: VmDescription): string {
  const { kind, reason, remedy } = assertThrows(() => refuseUnfit(plan, room), SmolvmError);
  assertEquals(kind, "engine");
  return `${reason}; ${remedy}`;
}

Deno.test("refuseUnfit() lets the VMs of today pass", () => {
  refuseUnfit(vm, room);
  refuseUnfit(plainVm, room);
});

Deno.test("refuseUnfit() counts the room that disks and network leave for shared folders", () => {
  assertEquals(
    refused({ ...vm, network, shares: shares(5) }),
    "5 shared folders, and the qemu engine has room for 3; share fewer folders",
  );
  assertEquals(
    refused({ ...plainVm, shares: shares(6) }),
    "6 shared folders, and the qemu engine has room for 5; share fewer folders",
  );
});

Deno.test("refuseUnfit() says what the engine cannot do at all", () => {
  assertEquals(
    refused({ ...vm, shares: shares(1) }),
    "the qemu engine cannot share folders with a VM; leave the shared folders out",
  );
  assertEquals(
    refused({ ...vm, network }),
    "the qemu engine cannot give a VM a network; leave the network out",
  );
});
