import { assertEquals, assertRejects } from "../../tests/harness/assert.ts";
import { DISK_BYTES } from "../../tests/harness/bundled_parts.ts";
import { MadeHost } from "../../tests/harness/made_host.ts";
import { SmolvmError } from "../error.ts";
import { createMachine } from "./create_machine.ts";
import { startMachine } from "./start_machine.ts";
import { onEngine } from "./wanted_engine.ts";

// A supervisor outlives whoever starts it: the stand-in may be about to end when the test is over.
const outlives = { sanitizeResources: false, sanitizeOps: false };

Deno.test(
  "startMachine() starts the host's program in the host's environment, and says when it ends early",
  outlives,
  async () => {
    using host = new MadeHost('echo "$0 $1 engine=$SMOLVM_ENGINE home=$HOME" >$HOME/started');
    await host.machines(async (context) => {
      const spec = await createMachine({ name: "web", diskBytes: DISK_BYTES }, context);
      const error = await assertRejects(() => startMachine(spec, onEngine(host, spec, "qemu")), SmolvmError);
      assertEquals([error.kind, error.action, error.subject], ["guest", "start the machine", "web"]);
      const home = host.environment["HOME"];
      const started = Deno.readTextFileSync(`${home}/started`);
      assertEquals(started, `_supervise ${spec.id} engine=qemu home=${home}\n`);
    });
  },
);
