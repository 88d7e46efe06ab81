/**
 * `image.json` beside an image's disk: what the table says of the image, from which a lost table is made
 * again. Written whole by a rename; a damaged one is renamed, never deleted.
 *
 * @module
 */
import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { hexOf } from "../model/digest.ts";
import { type Decoded, decodeRecord, encodeRecord, type ImageRecord } from "./record_codec.ts";

const RECORD = "image.json";

/** Ending of what is put aside because it is damaged. */
export const DAMAGED = ".damaged";

/** What lies in an image's folder under the record's name. */
export type SavedRecord = Decoded<ImageRecord> | { readonly kind: "absent" };

/**
 * Reads the record in an image's folder.
 *
 * @param folder of the image
 * @param hex the digits of the image's id; a record of another image is a damaged one
 */
export function readRecord(folder: string, hex: string): SavedRecord {
  let text: string;
  try {
    text = readFileSync(join(folder, RECORD), "utf8");
  } catch (error) {
    const absent = error instanceof Error && "code" in error && error.code === "ENOENT";
    return absent ? { kind: "absent" } : { kind: "damaged", reason: (error as Error).message };
  }
  const decoded = decodeRecord(text);
  if (decoded.kind !== "read" || hexOf(decoded.value.facts.id) === hex) return decoded;
  return { kind: "damaged", reason: `it is the record of ${decoded.value.facts.id}` };
}

/** Writes the record into an image's folder. @throws what the system says */
export function writeRecord(folder: string, record: ImageRecord): void {
  const path = join(folder, RECORD);
  writeFileSync(`${path}.new`, encodeRecord(record), { mode: 0o600 });
  renameSync(`${path}.new`, path);
}

/** Renames a damaged record, so that a person can look at it. @throws what the system says */
export function putRecordAside(folder: string): void {
  renameSync(join(folder, RECORD), join(folder, RECORD + DAMAGED));
}
