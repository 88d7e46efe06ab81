import { assertEquals } from "../../../tests/harness/assert.ts";
import { engineNotice } from "./engine_notice.ts";

Deno.test("engineNotice() says why a VM is slow, and nothing where the best engine runs it", () => {
  const said: string[] = [];
  engineNotice({ engine: { name: "krun", emulates: false } }, (text) => said.push(text));
  engineNotice(
    { engine: { name: "qemu", emulates: true }, passedOver: "krun: there is no /dev/kvm" },
    (text) => said.push(text),
  );
  assertEquals(said, ["running under qemu, software emulation (krun: there is no /dev/kvm)"]);
});
