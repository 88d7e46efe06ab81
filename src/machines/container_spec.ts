/**
 * What a container in a machine is: fixed when it is created, stored as JSON with a version. A form is never
 * changed once a smolvm has written it: golden/ holds one of each. Pure.
 *
 * @module
 */
import * as v from "valibot";
import { RecordCodec, type RecordWords } from "./record_codec.ts";
import {
  commandSchema,
  firstCommandSchema,
  secondCommandSchema,
  shareSchema,
  thirdCommandSchema,
  upgradeCommand,
  volumeSchema,
} from "./spec.ts";

/** Version of the form below. What is added to it, or changed in it, makes a new version. */
export const CONTAINER_VERSION = 5;

/** Version 1: no command had a terminal or took input. */
const firstSchema = v.object({
  version: v.literal(1),
  id: v.string(),
  name: v.optional(v.string()),
  created: v.string(),
  hostname: v.string(),
  command: firstCommandSchema,
});

/** Version 2: no labels, and a command without options. */
const secondSchema = v.object({
  ...firstSchema.entries,
  version: v.literal(2),
  command: secondCommandSchema,
});

/** Version 3: a container shared no network, because there was none. */
const thirdSchema = v.strictObject({
  version: v.literal(3),
  id: v.string(),
  name: v.optional(v.string()),
  created: v.string(),
  hostname: v.string(),
  labels: v.record(v.string(), v.string()),
  command: thirdCommandSchema,
});

/** Version 4: a container had nothing of the machine's shares and volumes. */
const fourthSchema = v.strictObject({
  ...thirdSchema.entries,
  version: v.literal(4),
  command: commandSchema,
});

/** Strict, so that a field that was added without a new version is found by its first test. */
const specSchema = v.strictObject({
  version: v.literal(CONTAINER_VERSION),
  /** 12 hex digits. */
  id: v.string(),
  name: v.optional(v.string()),
  /** RFC 3339. */
  created: v.string(),
  hostname: v.string(),
  labels: v.record(v.string(), v.string()),
  command: commandSchema,
  /** Shares and volumes in it, each of which its machine has. */
  shares: v.array(shareSchema),
  volumes: v.array(volumeSchema),
});
export type ContainerSpec = v.InferOutput<typeof specSchema>;

const codec = RecordCodec.first(firstSchema)
  .next(secondSchema, ({ command, ...same }): v.InferOutput<typeof secondSchema> => ({
    ...same,
    version: 2,
    command: upgradeCommand(command),
  }))
  .next(thirdSchema, (same): v.InferOutput<typeof thirdSchema> => ({ ...same, version: 3, labels: {} }))
  .next(fourthSchema, (same): v.InferOutput<typeof fourthSchema> => ({ ...same, version: 4 }))
  .next(specSchema, (same): ContainerSpec => ({ ...same, version: 5, shares: [], volumes: [] }));

/**
 * Reads a stored spec of any version.
 *
 * @param id the container's, for messages
 * @throws {SmolvmError} kind `state` when a newer smolvm wrote it, or it is damaged
 */
export function decodeContainerSpec(id: string, json: string): ContainerSpec {
  return codec.decode(json, words(id));
}

/**
 * Writes a spec in the newest version.
 *
 * @throws {SmolvmError} kind `state` when it holds what this version has no place for
 */
export function encodeContainerSpec(spec: ContainerSpec): string {
  return codec.encode(spec, words(spec.name ?? spec.id));
}

function words(subject: string): RecordWords {
  return { what: "container", subject, remedy: "delete its machine, and create both anew" };
}
