import { assertEquals, assertTrue } from "../../../tests/harness/assert.ts";
import { boards } from "./boards.ts";

Deno.test("every board is of its processor's QEMU, and has room for a machine's devices", () => {
  for (const [processor, board] of Object.entries(boards)) {
    assertEquals(board.program, `qemu-system-${processor}`);
    assertTrue(board.slots >= 8, processor);
  }
});
