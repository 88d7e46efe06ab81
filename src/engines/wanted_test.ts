import { assertEquals, assertThrows } from "../../tests/harness/assert.ts";
import { SmolvmError } from "../error.ts";
import { wantedEngine } from "./wanted.ts";

Deno.test("wantedEngine() takes the option, else SMOLVM_ENGINE, else the best", () => {
  assertEquals(wantedEngine("krun", { SMOLVM_ENGINE: "qemu" }), "krun");
  assertEquals(wantedEngine("auto", { SMOLVM_ENGINE: "qemu" }), "auto");
  assertEquals(wantedEngine(undefined, { SMOLVM_ENGINE: "qemu" }), "qemu");
  assertEquals(wantedEngine(undefined, {}), "auto");
  assertEquals(wantedEngine(undefined, { SMOLVM_ENGINE: "" }), "auto");
});

Deno.test("wantedEngine() says where a name stands that is no engine's, and what would be right", () => {
  const refused = (option: string | undefined) => {
    const error = assertThrows(() => wantedEngine(option, { SMOLVM_ENGINE: "steam" }), SmolvmError);
    return [error.kind, error.action, error.subject, error.remedy];
  };
  const remedy = "give one of auto, krun, qemu";
  assertEquals(refused(undefined), ["usage", "use SMOLVM_ENGINE", '"steam"', remedy]);
  assertEquals(refused("xen"), ["usage", "use --engine", '"xen"', remedy]);
});
