/**
 * What the supervisor tells the VMM process to run: JSON in its one argument, because its streams are the
 * link. It holds paths and numbers, nothing that other users of the host may not see in a process list.
 *
 * @module
 */
import * as v from "valibot";

const path = v.pipe(v.string(), v.startsWith("/"), v.maxLength(4096));
const count = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(0xffff_ffff));

/** One planned libkrun call, as plan.ts makes it. */
const callSchema = v.variant("name", [
  v.object({
    name: v.literal("krun_set_vm_config"),
    cpus: v.pipe(count, v.minValue(1), v.maxValue(255)),
    memoryMiB: v.pipe(count, v.minValue(1)),
  }),
  v.object({ name: v.literal("krun_set_kernel"), path, format: count, commandLine: v.string() }),
  v.object({ name: v.literal("krun_add_disk"), id: v.string(), path, readOnly: v.boolean() }),
  v.object({ name: v.literal("krun_add_virtiofs"), tag: v.string(), path }),
  v.object({
    name: v.literal("krun_add_net_unixstream"),
    descriptor: count,
    mac: v.pipe(v.string(), v.regex(/^([0-9a-f]{2}:){5}[0-9a-f]{2}$/)),
    features: count,
  }),
  v.object({ name: v.literal("krun_disable_implicit_vsock") }),
  v.object({ name: v.literal("krun_set_console_output"), path }),
  v.object({ name: v.literal("krun_add_virtio_console_multiport") }),
  v.object({
    name: v.literal("krun_add_console_port_inout"),
    port: v.string(),
    input: count,
    output: count,
  }),
]);
export type KrunCall = v.InferOutput<typeof callSchema>;

const requestSchema = v.object({
  /** Libraries that libkrun needs and the system may lack, opened before it. */
  preload: v.array(path),
  /** libkrun itself. */
  library: path,
  calls: v.pipe(v.array(callSchema), v.maxLength(64)),
  /** Descriptor of a pipe whose end ends the VM, where the kernel does not see to that. */
  lifeline: v.optional(count),
});
export type VmmRequest = v.InferOutput<typeof requestSchema>;

/** Writes a request as an argument. */
export function encodeRequest(request: VmmRequest): string {
  return JSON.stringify(request);
}

/**
 * Reads a request.
 *
 * @throws {TypeError} when the argument is not one
 */
export function decodeRequest(argument: string): VmmRequest {
  const result = v.safeParse(requestSchema, parse(argument));
  if (result.success) return result.output;
  throw new TypeError(`Cannot read the VMM's request: ${result.issues[0].message}`);
}

function parse(argument: string): unknown {
  try {
    return JSON.parse(argument);
  } catch (cause) {
    throw new TypeError("Cannot read the VMM's request: it is not JSON", { cause });
  }
}
