/**
 * Sets of capabilities as the kernel takes them: bit N is the capability at N of the list of names. Pure.
 *
 * @module
 */
import { capabilityNames } from "../../src/guest_protocol/capability_names.ts";
import { UnsupportedSpecError } from "./runtime_spec.ts";

/**
 * A set as a mask.
 *
 * @throws {UnsupportedSpecError} when there is no capability of a name
 */
export function capabilitySet(words: readonly string[]): bigint {
  return words.reduce((mask, word) => {
    const bit = capabilityNames.indexOf(word);
    if (bit < 0) throw new UnsupportedSpecError("process.capabilities", word);
    return mask | 1n << BigInt(bit);
  }, 0n);
}
