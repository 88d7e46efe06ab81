/**
 * What a command may say when others were in its way.
 *
 * @module
 */
import { assertEquals, assertMatch } from "./assert.ts";
import type { Ended } from "./smolvm.ts";

/** A command that could not do what it was asked says so in one line. */
export function assertPlain({ code, stderr }: Ended): void {
  if (code === 0) return;
  assertEquals(code, 125);
  assertMatch(stderr, /^smolvm: (cannot .*|\S+ is not running)\n$/);
}
