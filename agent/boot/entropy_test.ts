import { assertThrows } from "../../tests/harness/assert.ts";
import { addEntropy } from "./entropy.ts";

Deno.test({
  name: "addEntropy() is taken by the kernel's generator",
  // It takes CAP_SYS_ADMIN.
  ignore: Deno.build.os !== "linux" || Deno.uid() !== 0,
  fn: () => {
    addEntropy("ab".repeat(64));
    addEntropy("00");
  },
});

Deno.test("addEntropy() refuses what is no hex", () => {
  assertThrows(() => addEntropy("xy"), SyntaxError);
});
