/**
 * What a machine is: fixed when it is created. Holds the newest form of its stored record; spec_codec.ts has
 * the older ones. Pure.
 *
 * @module
 */
import * as v from "valibot";
import { digestSchema } from "../image/model/digest_schema.ts";

/** Version of the form below. What is added to it, or changed in it, makes a new version. */
export const SPEC_VERSION = 9;

export const text = v.string();
export const count = v.pipe(v.number(), v.integer(), v.minValue(0));

/**
 * What a container has otherwise than Docker's defaults; what is absent is as Docker has it. src/guest_protocol
 * says what each means.
 */
const firstOptions = {
  readOnly: v.optional(v.boolean()),
  tmpfs: v.optional(v.array(v.strictObject({ path: text, options: v.array(text) }))),
  capAdd: v.optional(v.array(text)),
  capDrop: v.optional(v.array(text)),
  ulimits: v.optional(v.array(v.strictObject({ name: text, soft: v.number(), hard: v.number() }))),
  shmBytes: v.optional(count),
  /** Most processes; -1: no limit. */
  pids: v.optional(v.number()),
  init: v.optional(v.boolean()),
};

const optionsSchema = v.strictObject({
  ...firstOptions,
  /** A network of its own with nothing but loopback, also where its VM has one; absent: it shares the VM's. */
  network: v.optional(v.literal("none")),
});

/**
 * The command of a machine or a container as it was in versions 1 to 3 of a machine's record and in version 1 of a
 * container's.
 */
export const firstCommandSchema = v.object({
  /** What the user called the image. */
  image: text,
  /** Its id in the store. */
  imageId: digestSchema,
  argv: v.pipe(v.array(text), v.minLength(1)),
  env: v.array(text),
  cwd: text,
  user: text,
  volumes: v.array(text),
  /** Number of the signal that asks it to end. */
  stopSignal: v.pipe(count, v.minValue(1), v.maxValue(64)),
});

/** The command in version 4 of a machine's record, and in version 2 of a container's. */
export const secondCommandSchema = v.strictObject({
  ...firstCommandSchema.entries,
  /** Whether it takes what attached clients type; else its stdin is /dev/null. */
  interactive: v.boolean(),
  /** Whether it has a terminal. */
  tty: v.boolean(),
});

/** The command in versions 5 to 7 of a machine's record, and in version 3 of a container's. */
export const thirdCommandSchema = v.strictObject({
  ...secondCommandSchema.entries,
  options: v.optional(v.strictObject(firstOptions)),
});

/**
 * The command of a machine or a container: a container of an image. It is a part of versions 8 and 9 of a machine's
 * record and of version 4 of a container's, so a change to it is a schema beside this one.
 */
export const commandSchema = v.strictObject({
  ...secondCommandSchema.entries,
  options: v.optional(optionsSchema),
});

/** A command of the first form in the second. */
export function upgradeCommand(
  command: v.InferOutput<typeof firstCommandSchema>,
): v.InferOutput<typeof secondCommandSchema> {
  return { ...command, interactive: false, tty: false };
}

/** A port of the guest that is published on the host: src/ports/published_port.ts. */
export const portSchema = v.strictObject({
  address: text,
  host: v.pipe(count, v.maxValue(65_535)),
  hostLast: v.pipe(count, v.maxValue(65_535)),
  guest: v.pipe(count, v.minValue(1), v.maxValue(65_535)),
  protocol: v.picklist(["tcp", "udp"]),
});

/** A folder or file of the host in the guest: src/shares/share.ts. */
export const shareSchema = v.strictObject({ source: text, target: text, readOnly: v.boolean() });

/** A volume in the guest: src/volumes/use.ts. */
export const volumeSchema = v.strictObject({
  name: text,
  target: text,
  readOnly: v.boolean(),
  copy: v.boolean(),
});

const words = v.array(text);

/** What its VM reaches, in version 8. */
export const firstNetworkSchema = v.strictObject({
  reach: v.picklist(["all", "public", "rules"]),
  allowHosts: words,
  allowCidrs: words,
  denyCidrs: words,
  allowLoopback: words,
  dns: words,
  addHosts: words,
});

/** What its VM reaches, as the user wrote it: src/net/policy/network_spec.ts. Of secrets it has names, and no value. */
const networkSchema = v.strictObject({ ...firstNetworkSchema.entries, secrets: words });

/** What the VM of a machine has beside its processors and its memory. */
const devicesSchema = v.strictObject({
  /** The disk that keeps what is written in the machine. */
  storage: v.strictObject({ bytes: count }),
  shares: v.array(shareSchema),
  volumes: v.array(volumeSchema),
  ports: v.array(portSchema),
  network: v.union([v.literal("none"), networkSchema]),
});

/** Strict, so that a field that was added without a new version is found by its first test. */
export const specSchema = v.strictObject({
  version: v.literal(SPEC_VERSION),
  /** 12 hex digits; names the folder, and the container of the command. */
  id: v.pipe(v.string(), v.regex(/^[0-9a-f]{12}$/)),
  name: text,
  /** RFC 3339. */
  created: text,
  cpus: v.pipe(count, v.minValue(1)),
  memoryMiB: v.pipe(count, v.minValue(1)),
  devices: devicesSchema,
  hostname: text,
  labels: v.record(text, text),
  restart: v.picklist(["no", "on-failure", "always"]),
  engine: v.picklist(["auto", "krun", "qemu"]),
  /** Absent: a machine without a command of its own. */
  command: v.optional(commandSchema),
});

export type MachineSpec = v.InferOutput<typeof specSchema>;
export type MachineDevices = MachineSpec["devices"];
export type MachineCommand = v.InferOutput<typeof commandSchema>;
export type ContainerOptions = v.InferOutput<typeof optionsSchema>;
export type RestartPolicy = MachineSpec["restart"];

/** The name of the machine that is meant when none is named. */
export const DEFAULT_MACHINE = "default";

/** The devices of a machine that has a disk and nothing else. @param bytes size of the disk */
export function storageOnly(bytes: number): MachineDevices {
  return { storage: { bytes }, shares: [], volumes: [], ports: [], network: "none" };
}
