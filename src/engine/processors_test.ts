import { assertEquals } from "../../tests/harness/assert.ts";
import { processors } from "./processors.ts";

Deno.test("only x86 asks its processor's flags whether it runs VMs, as words of their own", () => {
  const flag = processors.x86_64.virtualizationFlag;
  assertEquals(flag?.exec("model\t: 1\nflags\t\t: fpu svm lm\n")?.[1], "svm");
  assertEquals(flag?.exec("flags\t\t: fpu svm_lock avmx\n"), null);
  assertEquals(processors.aarch64.virtualizationFlag, undefined);
});
