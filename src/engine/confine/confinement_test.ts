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
      opened: [
        { descriptor: 9, path: "/state:1", as: "file" },
        { descriptor: 240, path: "/memory", as: "memory" },
      ],
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
        "f:9:/state:1",
        "k:12",
        "m:240:/memory",
        "--",
        "/vmm",
        "-x",
        "--",
      ],
    },
  );
});
