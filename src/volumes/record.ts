/**
 * What a volume is: fixed when it is made, stored as JSON with a version in its folder. A form is never changed once a
 * smolvm has written it: golden/ holds one of each. Pure.
 *
 * @module
 */
import * as v from "valibot";
import { RecordCodec, type RecordWords } from "../machines/record_codec.ts";

/** Version of the form below. What is added to it, or changed in it, makes a new version. */
export const VOLUME_VERSION = 1;

/** Strict, so that a field that was added without a new version is found by its first test. */
const recordSchema = v.strictObject({
  version: v.literal(VOLUME_VERSION),
  name: v.string(),
  /** RFC 3339. */
  created: v.string(),
  labels: v.record(v.string(), v.string()),
  /** Size of its disk; the file is sparse, and takes what is written to it. */
  bytes: v.pipe(v.number(), v.integer(), v.minValue(0)),
});
export type VolumeRecord = v.InferOutput<typeof recordSchema>;

const codec = RecordCodec.first(recordSchema);

/**
 * Reads a stored record of any version.
 *
 * @param name the volume, for messages
 * @throws {SmolvmError} kind `state` when a newer smolvm wrote it, or it is damaged
 */
export function decodeVolume(name: string, json: string): VolumeRecord {
  return codec.decode(json, words(name));
}

/** Writes a record in the newest version. @throws {SmolvmError} kind `state` when that has no place for what it holds */
export function encodeVolume(record: VolumeRecord): string {
  return codec.encode(record, words(record.name));
}

function words(subject: string): RecordWords {
  return { what: "volume", subject, remedy: `remove it with smolvm volume rm ${subject}` };
}
