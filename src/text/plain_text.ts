/**
 * Text from outside, made safe to show: a terminal acts on control characters and escape sequences. Pure.
 *
 * @module
 */

// deno-lint-ignore no-control-regex -- they are what is taken out
const SEQUENCES = /\x1b\[[0-9;?]*[ -/]*[@-~]|\x1b[@-_]/g;
// deno-lint-ignore no-control-regex -- they are what is taken out
const CONTROLS_BUT_NEWLINE = /[\x00-\x09\x0b-\x1f\x7f-\x9f]/g;
// deno-lint-ignore no-control-regex -- they are what is taken out
const CONTROLS = /[\x00-\x1f\x7f-\x9f]/g;

/** Text without control characters but newlines, and without the escape sequences of terminals. */
export function plainText(text: string): string {
  return text.replace(SEQUENCES, "").replace(CONTROLS_BUT_NEWLINE, "");
}

/** Text as one line: without escape sequences, and with a space for each control character. */
export function plainLine(text: string): string {
  return text.replace(SEQUENCES, "").replace(CONTROLS, " ");
}
