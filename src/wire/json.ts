/**
 * JSON of control frames: judged by a schema, bounded by the frame, without prototype tricks.
 *
 * @module
 */
import * as v from "valibot";
import { ProtocolError } from "./frames.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true });

/** Encodes a message. */
export function encodeJson(value: unknown): Uint8Array<ArrayBuffer> {
  return encoder.encode(JSON.stringify(value));
}

/**
 * Decodes a message and judges it.
 *
 * @throws {ProtocolError} when it is not UTF-8, not JSON, names `__proto__`, or does not fit the schema
 */
export function decodeJson<T>(bytes: Uint8Array, schema: v.GenericSchema<unknown, T>): T {
  let value: unknown;
  try {
    value = JSON.parse(decoder.decode(bytes), refuseProto);
  } catch (cause) {
    if (cause instanceof ProtocolError) throw cause;
    throw new ProtocolError("a message is not JSON", { cause });
  }
  const result = v.safeParse(schema, value, { abortEarly: true });
  if (result.success) return result.output;
  const [issue] = result.issues;
  throw new ProtocolError(
    `a message does not fit: ${v.getDotPath(issue) ?? ""}: ${issue.message}`.slice(0, 500),
  );
}

/** Decodes a message, or answers `undefined` where {@linkcode decodeJson} would throw. */
export function decodeJsonOr<T>(bytes: Uint8Array, schema: v.GenericSchema<unknown, T>): T | undefined {
  try {
    return decodeJson(bytes, schema);
  } catch (error) {
    if (error instanceof ProtocolError) return undefined;
    throw error;
  }
}

function refuseProto(key: string, value: unknown): unknown {
  if (key === "__proto__") throw new ProtocolError("a message names __proto__");
  return value;
}
