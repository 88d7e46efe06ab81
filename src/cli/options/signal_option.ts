/**
 * Options whose value is a signal.
 *
 * @module
 */
import { SmolvmError } from "../../error.ts";
import { signalNumber } from "../../session/signal_names.ts";

/**
 * Reads a signal by name or number: {@linkcode signalNumber} takes what it does not know for SIGTERM, as images want
 * it, and a person hears of it.
 *
 * @returns its number
 * @throws {SmolvmError} kind `usage`
 */
export function readSignal(option: string, text: string): number {
  const number = signalNumber(text);
  if (number !== 15 || /^(15|(SIG)?TERM)$/i.test(text)) return number;
  throw new SmolvmError("usage", {
    action: `use ${option}`,
    subject: JSON.stringify(text),
    reason: "there is no such signal",
    remedy: "write it like SIGINT, INT or 2",
  });
}
