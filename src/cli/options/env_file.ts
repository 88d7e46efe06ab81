/**
 * Reads `--env-file` by Docker's rules (docker/cli opts/file.go): a line is `NAME=VALUE`, whose value is taken as
 * it stands, quotes and blanks too, or `NAME`, which copies the host's value and sets nothing where there is none.
 *
 * @module
 */
import { SmolvmError } from "../../error.ts";
import { hostPath } from "./host_path.ts";

const BYTE_ORDER_MARK = "\u{feff}";

/**
 * Reads a file of variables.
 *
 * @param isSet whether the host has a variable
 * @returns words as `-e` takes them, in the file's order
 * @throws {SmolvmError} kind `usage`, naming the file and the line
 */
export function readEnvFile(path: string, isSet = (name: string) => Deno.env.has(name)): string[] {
  return envLines(path, readText(hostPath("use --env-file", path))).filter((word) =>
    word.includes("=") || isSet(word)
  );
}

/** The words of a file's text. Pure. @throws {SmolvmError} kind `usage`, naming the file and the line */
export function envLines(path: string, text: string): string[] {
  return text.replace(BYTE_ORDER_MARK, "").split(/\r?\n/).flatMap((line, index) => {
    const word = line.replace(/^[ \t]+/, "");
    if (word === "" || word.startsWith("#")) return [];
    const at = word.indexOf("=");
    const name = at < 0 ? word : word.slice(0, at);
    if (name === "") throw refusal(path, index + 1, "it has no name in front of =");
    if (/[ \t]/.test(name)) {
      throw refusal(path, index + 1, `the name ${JSON.stringify(name)} has a blank in it`);
    }
    if (word.includes("\0")) throw refusal(path, index + 1, "it has a NUL byte");
    return [word];
  });
}

function readText(path: string): string {
  let bytes: Uint8Array;
  try {
    bytes = Deno.readFileSync(path);
  } catch (cause) {
    const reason = cause instanceof Deno.errors.NotFound ? "there is no such file" : (cause as Error).message;
    throw new SmolvmError("usage", { action: "use --env-file", subject: path, reason, cause });
  }
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw new SmolvmError("usage", {
      action: "use --env-file",
      subject: path,
      reason: `line ${badLine(bytes)} is not UTF-8`,
      cause,
    });
  }
}

/** A line feed is never part of another character in UTF-8, so that the lines can be judged one by one. */
function badLine(bytes: Uint8Array): number {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let line = 1;
  for (let start = 0; start <= bytes.length; line++) {
    const end = bytes.indexOf(10, start);
    try {
      decoder.decode(bytes.subarray(start, end < 0 ? bytes.length : end));
    } catch {
      return line;
    }
    if (end < 0) break;
    start = end + 1;
  }
  return line;
}

function refusal(path: string, line: number, reason: string): SmolvmError {
  return new SmolvmError("usage", {
    action: "use --env-file",
    subject: `${path}, line ${line}`,
    reason,
    remedy: "write NAME=VALUE, or NAME for the host's value",
  });
}
