import { assertRejects } from "../../tests/harness/assert.ts";
import { DISK_BYTES } from "../../tests/harness/bundled_parts.ts";
import { MadeHost } from "../../tests/harness/made_host.ts";
import { SmolvmError } from "../error.ts";
import { attendMachine } from "./attend_machine.ts";
import { createMachine } from "./create_machine.ts";

Deno.test("attendMachine() throws why the machine does not start, and lets go of its signals", async () => {
  using host = new MadeHost();
  await host.machines(async (context) => {
    const spec = await createMachine({ name: "web", diskBytes: DISK_BYTES }, context);
    const stop = new AbortController();
    const attended = () => attendMachine(spec, context, { print: () => {}, stop: stop.signal });
    await assertRejects(attended, SmolvmError, "cannot start the machine web");
    stop.abort();
  });
});
