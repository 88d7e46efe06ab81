/**
 * Environment variables by name, as a function, so that a test needs none.
 *
 * @module
 */

/** The value of a variable; `undefined` when it is not set. */
export type Environment = (name: string) => string | undefined;
