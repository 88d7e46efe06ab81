/**
 * What a person writes to mean an image in the store: its name, its id, or the beginning of its id. Parsed once,
 * where the words come in; everything behind that takes an {@linkcode ImageName}. Pure.
 *
 * @module
 */
import { SmolvmError } from "../../error.ts";
import { idDigits } from "./id_digits.ts";
import { parseReference, type Reference } from "./reference.ts";

/** One image, as a person names it: at least one of `reference` and `digits` is there. */
export interface ImageName {
  /** As it was written, for messages. */
  readonly text: string;
  /** Absent where the text can only be an id. */
  readonly reference?: Reference;
  /** Hex digits of an id, or of its beginning; `cafe` may be that and a name, and the name goes first. */
  readonly digits?: string;
}

/**
 * Parses what a person wrote.
 *
 * @throws {SmolvmError} kind `reference` when it is neither a name nor an id
 */
export function parseImageName(text: string): ImageName {
  const digits = idDigits(text);
  const isId = text.startsWith("sha256:") || digits?.length === 64;
  if (!isId) return { text, reference: parseReference(text), ...(digits !== undefined && { digits }) };
  if (digits !== undefined) return { text, digits };
  throw new SmolvmError("reference", {
    action: "read the image id",
    subject: JSON.stringify(text.slice(0, 80)),
    reason: "after sha256: come 4 to 64 lower-case hex digits",
    remedy: "see smolvm image ls",
  });
}
