/**
 * The real programs of both engines, confined, are refused what is no file of their VM. No VM is needed:
 * they fail before they would start one.
 *
 * @module
 */
import { confinedCommand, programReach, type Reach } from "../../src/engine/confine/confinement.ts";
import { encodeRequest } from "../../src/engine/krun/vmm_request.ts";
import { findProgram } from "../../src/engine/programs.ts";
import { qemuReach } from "../../src/engine/qemu/reach.ts";
import { assertTrue } from "../harness/assert.ts";
import { BINARY } from "../harness/smolvm.ts";
import { confine, landlockVersion } from "./confine.ts";

/** A file that everybody may read. */
const FOREIGN = "/etc/passwd";

async function complaint(program: string, args: readonly string[], reach: readonly Reach[]): Promise<string> {
  const command = confinedCommand(await confine(), Deno.pid, { program, args, reach });
  const { stderr } = await new Deno.Command(command.program, {
    args: [...command.args],
    clearEnv: true,
    stdin: "null",
    stdout: "null",
  }).output();
  return new TextDecoder().decode(stderr);
}

const qemu = findProgram("qemu-system-x86_64");
const landlock = await landlockVersion() > 0;

Deno.test({
  name: "QEMU is refused a disk that is not the VM's",
  ignore: !landlock || qemu === undefined,
  fn: async () => {
    const args = ["-M", "none", "-drive", `file=${FOREIGN},format=raw,if=none,readonly=on`];
    const words = await complaint(qemu ?? "", args, qemuReach(Deno.realPathSync(qemu ?? "")));
    assertTrue(words.includes(`Could not open '${FOREIGN}': Permission denied`), words);
  },
});

Deno.test({
  name: "the krun engine's VMM is refused a library that is not the VM's",
  ignore: !landlock,
  fn: async () => {
    const request = encodeRequest({ preload: [FOREIGN], library: FOREIGN, calls: [] });
    const words = await complaint(BINARY, ["_krun", request], programReach(BINARY));
    assertTrue(words.includes("Permission denied"), words);
    const allowed = await complaint(BINARY, ["_krun", request], [
      ...programReach(BINARY),
      { rights: "read", path: FOREIGN },
    ]);
    assertTrue(!allowed.includes("Permission denied") && allowed.includes(FOREIGN), allowed);
  },
});
