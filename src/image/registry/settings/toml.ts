/**
 * TOML (toml.io, v1.0.0) as a value. Loads the parser when there is something to parse.
 *
 * @module
 */
import { settingsError } from "./settings_error.ts";

/** What the parser begins its messages with. */
const PREAMBLE = "Invalid TOML document: ";

/**
 * Parses a document.
 *
 * @param path where it lies, for the error
 * @throws {SmolvmError} kind `registry`, with the line, when it is not TOML
 */
export async function parseToml(text: string, path: string): Promise<Record<string, unknown>> {
  if (text.split("\n").every((line) => /^\s*(?:#|$)/.test(line))) return {};
  const { parse, TomlError } = await import("smol-toml");
  try {
    // A number beyond 2^53 may stand where nobody asks for it.
    return parse(text, { integersAsBigInt: "asNeeded" });
  } catch (cause) {
    if (!(cause instanceof TomlError)) throw cause;
    const [first = ""] = cause.message.split("\n");
    throw settingsError(path, { line: cause.line, reason: first.replace(PREAMBLE, ""), cause });
  }
}
