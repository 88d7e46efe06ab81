/**
 * The engine's tests (engine_tests.ts) on the qemu engine with arm64 guests, which QEMU emulates on this machine's processor:
 * the command line, templates, the VMM's end and its confinement are those of an arm64 host without KVM.
 *
 * @module
 */
import "../harness/as_arm64.ts";

Deno.env.set("SMOLVM_ENGINE", "qemu");
Deno.env.set(
  "SMOLVM_TEST_BINARY",
  new URL("../../.cache/build/arm64-guests/smolvm", import.meta.url).pathname,
);
// Imported when these variables are set, because it reads them at once.
await import("./engine_tests.ts");
