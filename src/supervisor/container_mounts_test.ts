import { assertEquals, assertThrows } from "../../tests/harness/assert.ts";
import { SmolvmError } from "../error.ts";
import { containerMounts, type MachineMounts } from "./container_mounts.ts";

const machine: MachineMounts = {
  shares: [{ source: "/a", target: "/at/a", readOnly: false }, {
    source: "/b",
    target: "/at/b",
    readOnly: true,
  }],
  requests: [
    { tag: "share0", path: "", target: "/at/a", readOnly: false },
    { tag: "share1", path: "", target: "/at/b", readOnly: true },
  ],
  volumes: ["cache", "data"],
  places: ["vdd", "vde"],
};
const container = { id: "0123456789ab", shares: [], volumes: [] };
const use = (name: string) => ({ name, target: "/x", readOnly: false, copy: true });

Deno.test("containerMounts() finds what the machine has, at the container's own places", () => {
  assertEquals(containerMounts(container, machine), {});
  const shares = [{ source: "/b", target: "/mine", readOnly: true }];
  assertEquals(containerMounts({ ...container, shares, volumes: [use("data")] }, machine), {
    shares: [{ tag: "share1", path: "", target: "/mine", readOnly: true }],
    disks: [{ place: "vde", target: "/x", readOnly: false, copy: true }],
  });
});

Deno.test("containerMounts() names what the machine does not have", () => {
  const shares = [{ source: "/c", target: "/mine", readOnly: true }];
  assertThrows(
    () => containerMounts({ ...container, shares }, machine),
    SmolvmError,
    "cannot start the container 0123456789ab: its machine does not have /c; create both anew",
  );
  assertThrows(
    () => containerMounts({ ...container, name: "db", volumes: [use("other")] }, machine),
    SmolvmError,
    "cannot start the container db: its machine does not have the volume other",
  );
});
