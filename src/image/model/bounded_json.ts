/**
 * JSON from outside: bounded in size and depth, then judged by a schema.
 *
 * @module
 */
import * as v from "valibot";
import { SmolvmError } from "../../error.ts";

/** Deeper than any manifest, configuration or index is. */
const MAX_DEPTH = 64;

const decoder = new TextDecoder("utf-8", { fatal: true });

/**
 * Decodes and judges.
 *
 * @param what names the document in the error: `the manifest`
 * @throws {SmolvmError} kind `image` when it is not UTF-8, not JSON, too deep, or not as the schema says
 */
export function parseJson<T>(bytes: Uint8Array, schema: v.GenericSchema<unknown, T>, what: string): T {
  const fail = (reason: string, cause?: unknown) =>
    new SmolvmError("image", { action: "read", subject: what, reason, cause });
  let text: string;
  let value: unknown;
  try {
    text = decoder.decode(bytes);
    if (depthOf(text) > MAX_DEPTH) throw fail(`it is nested more than ${MAX_DEPTH} deep`);
    value = JSON.parse(text);
  } catch (cause) {
    throw cause instanceof SmolvmError ? cause : fail("it is not JSON", cause);
  }
  const result = v.safeParse(schema, value, { abortEarly: true });
  if (result.success) return result.output;
  const [issue] = result.issues;
  const path = v.getDotPath(issue);
  throw fail(`${path === null ? "" : `${path}: `}${issue.message}`.slice(0, 300));
}

/** Depth of nesting, without recursion; brackets in strings do not count. */
function depthOf(text: string): number {
  let depth = 0;
  let deepest = 0;
  let inString = false;
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (inString) {
      if (character === "\\") at++;
      else if (character === '"') inString = false;
    } else if (character === '"') inString = true;
    else if (character === "{" || character === "[") deepest = Math.max(deepest, ++depth);
    else if (character === "}" || character === "]") depth--;
  }
  return deepest;
}
