/**
 * Every form that the stored record of a machine has had, and how each becomes the next. A form is never
 * changed once a smolvm has written it: golden/ holds one of each, as it was written. Pure.
 *
 * @module
 */
import * as v from "valibot";
import { RecordCodec, type RecordWords } from "./record_codec.ts";
import {
  commandSchema,
  count,
  firstCommandSchema,
  firstNetworkSchema,
  type MachineSpec,
  portSchema,
  secondCommandSchema,
  shareSchema,
  specSchema,
  text,
  thirdCommandSchema,
  upgradeCommand,
  volumeSchema,
} from "./spec.ts";

/** Version 1: the size of the disk was the only word about devices. */
const firstSchema = v.object({
  version: v.literal(1),
  id: v.pipe(v.string(), v.regex(/^[0-9a-f]{12}$/)),
  name: text,
  created: text,
  cpus: v.pipe(count, v.minValue(1)),
  memoryMiB: v.pipe(count, v.minValue(1)),
  diskBytes: count,
  hostname: text,
  labels: v.record(text, text),
  restart: v.picklist(["no", "on-failure", "always"]),
  engine: v.picklist(["auto", "krun", "qemu"]),
  command: v.optional(firstCommandSchema),
});

/** Version 2: devices, of which there was only the disk. */
const secondSchema = v.strictObject({
  version: v.literal(2),
  id: v.pipe(v.string(), v.regex(/^[0-9a-f]{12}$/)),
  name: text,
  created: text,
  cpus: v.pipe(count, v.minValue(1)),
  memoryMiB: v.pipe(count, v.minValue(1)),
  devices: v.strictObject({
    storage: v.strictObject({ bytes: count }),
    shares: v.strictTuple([]),
    ports: v.strictTuple([]),
    network: v.literal("none"),
  }),
  hostname: text,
  labels: v.record(text, text),
  restart: v.picklist(["no", "on-failure", "always"]),
  engine: v.picklist(["auto", "krun", "qemu"]),
  command: v.optional(firstCommandSchema),
});

type Second = v.InferOutput<typeof secondSchema>;

/** Version 3: published ports. */
const thirdSchema = v.strictObject({
  version: v.literal(3),
  devices: v.strictObject({
    storage: v.strictObject({ bytes: count }),
    shares: v.strictTuple([]),
    ports: v.array(v.strictObject({
      address: text,
      host: v.pipe(count, v.maxValue(65_535)),
      hostLast: v.pipe(count, v.maxValue(65_535)),
      guest: v.pipe(count, v.minValue(1), v.maxValue(65_535)),
      protocol: v.picklist(["tcp", "udp"]),
    })),
    network: v.literal("none"),
  }),
  id: v.pipe(v.string(), v.regex(/^[0-9a-f]{12}$/)),
  name: text,
  created: text,
  cpus: v.pipe(count, v.minValue(1)),
  memoryMiB: v.pipe(count, v.minValue(1)),
  hostname: text,
  labels: v.record(text, text),
  restart: v.picklist(["no", "on-failure", "always"]),
  engine: v.picklist(["auto", "krun", "qemu"]),
  command: v.optional(firstCommandSchema),
});

/** Version 4: a command may have a terminal, and take input. */
const fourthSchema = v.strictObject({
  ...thirdSchema.entries,
  version: v.literal(4),
  command: v.optional(secondCommandSchema),
});

/** Version 5: a container has options of its own. */
const fifthSchema = v.strictObject({
  ...fourthSchema.entries,
  version: v.literal(5),
  command: v.optional(thirdCommandSchema),
});

/** Version 6: shares. */
const sixthSchema = v.strictObject({
  ...fifthSchema.entries,
  version: v.literal(6),
  devices: v.strictObject({
    storage: v.strictObject({ bytes: count }),
    shares: v.array(shareSchema),
    ports: v.array(portSchema),
    network: v.literal("none"),
  }),
});

/** Version 7: volumes. */
const seventhSchema = v.strictObject({
  ...sixthSchema.entries,
  version: v.literal(7),
  devices: v.strictObject({ ...sixthSchema.entries.devices.entries, volumes: v.array(volumeSchema) }),
});

/** Version 8: a network, and containers that do not share it. */
const eighthSchema = v.strictObject({
  ...seventhSchema.entries,
  version: v.literal(8),
  devices: v.strictObject({
    ...seventhSchema.entries.devices.entries,
    network: v.union([v.literal("none"), firstNetworkSchema]),
  }),
  command: v.optional(commandSchema),
});

type Third = v.InferOutput<typeof thirdSchema>;
type Fifth = v.InferOutput<typeof fifthSchema>;

const codec = RecordCodec.first(firstSchema)
  .next(secondSchema, ({ diskBytes, ...same }): Second => {
    const devices: Second["devices"] = {
      storage: { bytes: diskBytes },
      shares: [],
      ports: [],
      network: "none",
    };
    return { ...same, version: 2, devices };
  })
  .next(thirdSchema, (same): Third => ({ ...same, version: 3 }))
  .next(fourthSchema, ({ command, ...same }): v.InferOutput<typeof fourthSchema> => ({
    ...same,
    version: 4,
    ...(command && { command: upgradeCommand(command) }),
  }))
  .next(fifthSchema, (same): Fifth => ({ ...same, version: 5 }))
  .next(sixthSchema, (same): v.InferOutput<typeof sixthSchema> => ({ ...same, version: 6 }))
  .next(seventhSchema, ({ devices, ...same }): v.InferOutput<typeof seventhSchema> => ({
    ...same,
    version: 7,
    devices: { ...devices, volumes: [] },
  }))
  .next(eighthSchema, (same): v.InferOutput<typeof eighthSchema> => ({ ...same, version: 8 }))
  // Version 9: a network has secrets.
  .next(specSchema, ({ devices, ...same }): MachineSpec => {
    const { network } = devices;
    const newer = network === "none" ? network : { ...network, secrets: [] };
    return { ...same, version: 9, devices: { ...devices, network: newer } };
  });

/**
 * Reads a stored spec of any version.
 *
 * @param name the machine, for messages
 * @throws {SmolvmError} kind `state` when a newer smolvm wrote it, or it is damaged
 */
export function decodeSpec(name: string, json: string): MachineSpec {
  return codec.decode(json, words(name));
}

/**
 * Writes a spec in the newest version.
 *
 * @throws {SmolvmError} kind `state` when it holds what this version has no place for
 */
export function encodeSpec(spec: MachineSpec): string {
  return codec.encode(spec, words(spec.name));
}

function words(name: string): RecordWords {
  return { what: "machine", subject: name, remedy: `delete it with smolvm microvm delete -f ${name}` };
}
