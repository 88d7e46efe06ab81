/**
 * Schemas of the fields that messages are made of, each with its limit.
 *
 * @module
 */
import * as v from "valibot";

/** Longest string of any message, in characters. */
const MAX_CHARACTERS = 32_768;

/** Most words of a list: variables, volumes, digests. */
const MAX_WORDS = 4_096;

/** Any string. */
export const text = v.pipe(v.string(), v.maxLength(MAX_CHARACTERS));

/** A list of strings. */
export const words = v.pipe(v.array(text), v.maxLength(MAX_WORDS));

/** One argument or variable, and its NUL: 128 KiB in Linux (MAX_ARG_STRLEN), and characters are no more than bytes. */
const word = v.pipe(v.string(), v.maxLength(131_071));

/** Arguments or variables: a word and the pointer to it take at least 9 bytes of the 2 MiB that Linux has for all. */
export const programWords = v.pipe(v.array(word), v.maxLength(262_144));

/** A number of bytes, milliseconds or things. */
export const count = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(Number.MAX_SAFE_INTEGER));

/** 12 lower-case hex digits, unique in the VM. */
export const containerId = v.pipe(v.string(), v.regex(/^[0-9a-f]{12}$/));

/** 64 lower-case hex digits. */
export const sha256 = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/));
