/**
 * Assertions of the tests, over node:assert: the only place that names the library.
 *
 * @module
 */
import assert from "node:assert/strict";

// A constructor's parameters are contravariant, so only any[] takes every class.
// deno-lint-ignore no-explicit-any
type ErrorClass<E extends Error> = new (...args: any[]) => E;

/** Deep, strict equality. */
export function assertEquals<T>(actual: T, expected: T, message?: string): void {
  assert.deepStrictEqual(actual, expected, message);
}

/** Truthiness. */
export function assertTrue(value: unknown, message?: string): asserts value {
  assert.ok(value, message);
}

/** The text matches. */
export function assertMatch(text: string, pattern: RegExp): void {
  assert.match(text, pattern);
}

/** The call throws an error of the class whose message includes the words; returns the error. */
export function assertThrows<E extends Error>(
  call: () => unknown,
  kind: ErrorClass<E>,
  words = "",
): E {
  try {
    call();
  } catch (error) {
    return judge(error, kind, words);
  }
  throw new assert.AssertionError({ message: `expected ${kind.name}, nothing was thrown` });
}

/** The promise rejects with an error of the class whose message includes the words; returns the error. */
export async function assertRejects<E extends Error>(
  call: () => Promise<unknown>,
  kind: ErrorClass<E>,
  words = "",
): Promise<E> {
  try {
    await call();
  } catch (error) {
    return judge(error, kind, words);
  }
  throw new assert.AssertionError({ message: `expected ${kind.name}, nothing was thrown` });
}

function judge<E extends Error>(error: unknown, kind: ErrorClass<E>, words: string): E {
  assert.ok(error instanceof kind, `expected ${kind.name}, got ${error}`);
  assert.ok(error.message.includes(words), `expected "${words}" in: ${error.message}`);
  return error;
}
