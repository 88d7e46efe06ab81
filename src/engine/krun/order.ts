/**
 * What the supervisor tells the VMM process to run: one line of JSON on its stdin.
 *
 * @module
 */
import * as z from "zod/mini";

const path = z.string().check(z.startsWith("/"), z.maxLength(4096));

/** One planned libkrun call, as plan.ts makes it. */
const callSchema = z.discriminatedUnion("name", [
  z.object({
    name: z.literal("krun_set_vm_config"),
    cpus: z.int().check(z.minimum(1), z.maximum(255)),
    memoryMiB: z.int().check(z.minimum(1), z.maximum(0xffff_ffff)),
  }),
  z.object({ name: z.literal("krun_set_kernel"), path, format: z.int(), commandLine: z.string() }),
  z.object({ name: z.literal("krun_add_disk"), id: z.string(), path, readOnly: z.boolean() }),
  z.object({ name: z.literal("krun_disable_implicit_vsock") }),
  z.object({ name: z.literal("krun_add_vsock"), tsiFeatures: z.int() }),
  z.object({ name: z.literal("krun_add_vsock_port2"), port: z.int(), path, listen: z.boolean() }),
  z.object({ name: z.literal("krun_set_console_output"), path }),
]);
export type KrunCall = z.infer<typeof callSchema>;

/** Longest order in bytes, its newline included. */
export const ORDER_LIMIT = 65_536;

const orderSchema = z.object({ library: path, calls: z.array(callSchema).check(z.maxLength(64)) });
export type VmmOrder = z.infer<typeof orderSchema>;

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
  const result = orderSchema.safeParse(JSON.parse(line));
  if (result.success) return result.data;
  throw new TypeError(`Cannot read the VMM's order: ${result.error.message}`);
}
