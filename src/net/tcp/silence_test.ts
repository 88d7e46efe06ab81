import { assertEquals } from "../../../tests/harness/assert.ts";
import { HALF_CLOSED_FOR, KEEP_ALIVE_AFTER, Silence } from "./silence.ts";

Deno.test("an open connection is asked for after two hours, and over when nothing answers", () => {
  const silence = new Silence(0);
  assertEquals(silence.deadline(false), KEEP_ALIVE_AFTER);
  assertEquals(silence.expire(KEEP_ALIVE_AFTER - 1, false), "nothing");
  assertEquals(silence.expire(KEEP_ALIVE_AFTER, false), "probe");
  assertEquals(silence.expire(silence.deadline(false), false), "over");
});

Deno.test("any segment answers", () => {
  const silence = new Silence(0);
  silence.expire(KEEP_ALIVE_AFTER, false);
  silence.heard(KEEP_ALIVE_AFTER + 5);
  assertEquals(silence.deadline(false), 2 * KEEP_ALIVE_AFTER + 5);
});

Deno.test("one of which a direction has ended needs bytes, not segments", () => {
  const silence = new Silence(0);
  silence.heard(1_000);
  silence.moved();
  silence.heard(2_000);
  assertEquals(silence.deadline(true), 1_000 + HALF_CLOSED_FOR);
  assertEquals(silence.expire(silence.deadline(true), true), "over");
});
