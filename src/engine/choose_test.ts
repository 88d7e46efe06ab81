import { assertEquals, assertRejects } from "../../tests/harness/assert.ts";
import { SmolvmError } from "../error.ts";
import { chooseEngine } from "./choose.ts";
import type { Availability, Engine, EngineName } from "./engine.ts";

function engine(name: EngineName, found: Availability): Engine {
  return {
    name,
    emulates: false,
    probe: () => Promise.resolve(found),
    findings: () => Promise.resolve([]),
    start: () => Promise.reject(new Error("not started")),
  };
}

const usable: Availability = { usable: true, details: "" };
const noKvm: Availability = { usable: false, reason: "no /dev/kvm", remedy: "turn it on" };
const noQemu: Availability = { usable: false, reason: "not installed", remedy: "install it" };

Deno.test("chooseEngine() takes the first that works, without a word", async () => {
  const choice = await chooseEngine("auto", [engine("krun", usable), engine("qemu", usable)]);
  assertEquals([choice.engine.name, choice.passedOver], ["krun", undefined]);
});

Deno.test("chooseEngine() falls back and says why", async () => {
  const choice = await chooseEngine("auto", [engine("krun", noKvm), engine("qemu", usable)]);
  assertEquals([choice.engine.name, choice.passedOver], ["qemu", "krun: no /dev/kvm"]);
});

Deno.test("chooseEngine() does not fall back from a chosen engine", async () => {
  const error = await assertRejects(
    () => chooseEngine("krun", [engine("krun", noKvm), engine("qemu", usable)]),
    SmolvmError,
    "krun: no /dev/kvm",
  );
  assertEquals(error.remedy, "turn it on");
});

Deno.test("chooseEngine() gives every reason when nothing works", async () => {
  await assertRejects(
    () => chooseEngine("auto", [engine("krun", noKvm), engine("qemu", noQemu)]),
    SmolvmError,
    "krun: no /dev/kvm; qemu: not installed; install it",
  );
});
