/**
 * How a word of an option of the network is refused.
 *
 * @module
 */
import { SmolvmError } from "../../error.ts";
import { NameError } from "./host_name.ts";
import { PortsError } from "./ports.ts";

/** The error for a word that an option does not take. */
export function refusal(option: string, word: string, reason: string, remedy: string): SmolvmError {
  return new SmolvmError("usage", { action: `use ${option}`, subject: JSON.stringify(word), reason, remedy });
}

/** The same for what reading its name or its ports threw; any other error stays as it is. */
export function refusalOf(error: unknown, option: string, word: string): unknown {
  if (error instanceof NameError) return refusal(option, word, error.message, error.remedy);
  if (error instanceof PortsError) {
    return refusal(option, word, error.message, "write ports like 443, 80,443 or 8000-8100");
  }
  return error;
}
