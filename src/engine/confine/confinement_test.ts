import { assertEquals } from "../../../tests/harness/assert.ts";
import { plainVm } from "../../../tests/harness/plain_vm.ts";
import { confinedCommand, diskReach } from "./confinement.ts";

Deno.test("confinedCommand() names the supervisor, each file with its rights, the descriptors in order, then the program", () => {
  const reach = diskReach(plainVm);
  assertEquals(
    confinedCommand("/confine", 42, {
      program: "/vmm",
      args: ["-x", "--"],
      keep: [12, 7],
      reach: [{ rights: "run", path: "/lib" }, { rights: "device", path: "/dev/kvm" }, ...reach],
    }),
    {
      program: "/confine",
      args: [
        "42",
        "x:/lib",
        "d:/dev/kvm",
        "r:/root.erofs",
        "w:/storage",
        "k:7",
        "k:12",
        "--",
        "/vmm",
        "-x",
        "--",
      ],
    },
  );
});
