import { assertEquals, assertThrows } from "../../tests/harness/assert.ts";
import { SmolvmError } from "../error.ts";
import { storageOnly } from "../machines/spec.ts";
import { refuseOthers } from "./machine_mounts.ts";

const share = (source: string, readOnly = false) => ({ source, target: "/x", readOnly });
const use = (name: string, readOnly = false) => ({ name, target: "/x", readOnly, copy: true });
const machine = {
  name: "web",
  devices: {
    ...storageOnly(1),
    shares: [share("/a"), share("/b", true)],
    volumes: [use("data"), use("data", true), use("old", true)],
  },
};

Deno.test("refuseOthers() lets pass what the machine has", () => {
  refuseOthers({ shares: [], volumes: [] }, { ...machine, devices: storageOnly(1) });
  refuseOthers(
    { shares: [share("/a"), share("/a", true), share("/b", true)], volumes: [use("data")] },
    machine,
  );
  refuseOthers({ shares: [], volumes: [use("data", true), use("old", true)] }, machine);
});

Deno.test("refuseOthers() names what the machine does not have, or has read-only", () => {
  const refused = (wanted: Partial<Parameters<typeof refuseOthers>[0]>) =>
    assertThrows(() => refuseOthers({ shares: [], volumes: [], ...wanted }, machine), SmolvmError).message;
  assertEquals(
    refused({ volumes: [use("cache")] }),
    "cannot use the volume cache: the machine web does not have it, and a VM gets what it has when its machine is" +
      " created; give it to a machine first: smolvm microvm create --name NAME -v cache:/x",
  );
  assertEquals(
    refused({ shares: [share("/b")] }),
    "cannot share /b: the machine web has it read-only; add :ro",
  );
  assertEquals(
    refused({ volumes: [use("old")] }),
    "cannot use the volume old: the machine web has it read-only; add :ro",
  );
});
