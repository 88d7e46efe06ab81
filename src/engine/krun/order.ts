/**
 * What the supervisor tells the VMM process to run: one line of JSON on its stdin.
 *
 * @module
 */
import * as v from "valibot";

const path = v.pipe(v.string(), v.startsWith("/"), v.maxLength(4096));

/** One planned libkrun call, as plan.ts makes it. */
const callSchema = v.variant("name", [
  v.object({
    name: v.literal("krun_set_vm_config"),
    cpus: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(255)),
    memoryMiB: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(0xffff_ffff)),
  }),
  v.object({
    name: v.literal("krun_set_kernel"),
    path,
    format: v.pipe(v.number(), v.integer()),
    commandLine: v.string(),
  }),
  v.object({ name: v.literal("krun_add_disk"), id: v.string(), path, readOnly: v.boolean() }),
  v.object({ name: v.literal("krun_disable_implicit_vsock") }),
  v.object({ name: v.literal("krun_add_vsock"), tsiFeatures: v.pipe(v.number(), v.integer()) }),
  v.object({
    name: v.literal("krun_add_vsock_port2"),
    port: v.pipe(v.number(), v.integer()),
    path,
    listen: v.boolean(),
  }),
  v.object({ name: v.literal("krun_set_console_output"), path }),
]);
export type KrunCall = v.InferOutput<typeof callSchema>;

/** Longest order in bytes, its newline included. */
export const ORDER_LIMIT = 65_536;

const orderSchema = v.object({ library: path, calls: v.pipe(v.array(callSchema), v.maxLength(64)) });
export type VmmOrder = v.InferOutput<typeof orderSchema>;

/** Writes an order as its line. */
export function encodeOrder(order: VmmOrder): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(JSON.stringify(order) + "\n");
}

/**
 * Reads an order.
 *
 * @throws {TypeError} when the line is not one
 */
export function decodeOrder(line: string): VmmOrder {
  const result = v.safeParse(orderSchema, JSON.parse(line));
  if (result.success) return result.output;
  throw new TypeError(`Cannot read the VMM's order: ${result.issues[0].message}`);
}
