/**
 * What a VM that stays is: fixed when it is created, stored as JSON with a version. Pure.
 *
 * @module
 */
import * as v from "valibot";
import { SmolvmError } from "../error.ts";

/** Version of the stored form; a higher one was written by a newer smolvm. */
export const SPEC_VERSION = 1;

const text = v.string();
const count = v.pipe(v.number(), v.integer(), v.minValue(0));

/** The VM's own command: a container of an image. */
export const commandSchema = v.object({
  /** What the user called the image. */
  image: text,
  /** Its id in the store. */
  imageId: v.pipe(v.string(), v.regex(/^sha256:[0-9a-f]{64}$/)),
  argv: v.pipe(v.array(text), v.minLength(1)),
  env: v.array(text),
  cwd: text,
  user: text,
  volumes: v.array(text),
  /** Number of the signal that asks it to end. */
  stopSignal: v.pipe(count, v.minValue(1), v.maxValue(64)),
});

const specSchema = v.object({
  version: v.literal(SPEC_VERSION),
  /** 12 hex digits; names the folder, and the container of the command. */
  id: v.pipe(v.string(), v.regex(/^[0-9a-f]{12}$/)),
  name: text,
  /** RFC 3339. */
  created: text,
  cpus: v.pipe(count, v.minValue(1)),
  memoryMiB: v.pipe(count, v.minValue(1)),
  /** Size of the storage disk. */
  diskBytes: count,
  hostname: text,
  labels: v.record(text, text),
  restart: v.picklist(["no", "on-failure", "always"]),
  engine: v.picklist(["auto", "krun", "qemu"]),
  /** Absent: a VM without a command of its own. */
  command: v.optional(commandSchema),
});

export type MachineSpec = v.InferOutput<typeof specSchema>;
export type MachineCommand = v.InferOutput<typeof commandSchema>;
export type RestartPolicy = MachineSpec["restart"];

/** The name of the VM that is meant when none is named. */
export const DEFAULT_MACHINE = "default";

/**
 * Reads a stored spec.
 *
 * @param name the machine, for messages
 * @throws {SmolvmError} kind `state` when a newer smolvm wrote it, or it is damaged
 */
export function decodeSpec(name: string, json: string): MachineSpec {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    value = undefined;
  }
  const result = v.safeParse(specSchema, value);
  if (result.success) return result.output;
  const version = (value as { version?: unknown } | undefined)?.version;
  const newer = typeof version === "number" && version > SPEC_VERSION;
  throw new SmolvmError("state", {
    action: "read the machine",
    subject: name,
    reason: newer
      ? `a newer smolvm wrote it (version ${version}, this one knows ${SPEC_VERSION})`
      : `its record is damaged (${result.issues[0].message})`,
    remedy: newer ? "use that version" : `delete it with smolvm microvm delete -f ${name}`,
  });
}

/**
 * Judges a name: 1 to 63 of a-z, 0-9, dot, underscore and hyphen, beginning with a letter or digit.
 *
 * @throws {SmolvmError} kind `usage`
 */
export function checkName(name: string): string {
  if (/^[a-z0-9][a-z0-9._-]{0,62}$/.test(name)) return name;
  throw new SmolvmError("usage", {
    action: "name a machine",
    subject: JSON.stringify(name),
    reason: "it is not a machine name",
    remedy: "use 1 to 63 of a-z, 0-9, dot, underscore and hyphen, beginning with a letter or digit",
  });
}
