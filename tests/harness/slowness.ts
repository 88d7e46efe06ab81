/**
 * How slow the machine is that tests run on: waits are as many times longer. Under an emulated processor
 * everything takes 20 to 50 times as long, most of which is not waited for.
 *
 * @module
 */

/** The factor, from SMOLVM_TEST_SLOWNESS; 1 on an ordinary machine. */
export const slowness = Number(Deno.env.get("SMOLVM_TEST_SLOWNESS") ?? "1");
