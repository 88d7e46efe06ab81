/**
 * smolvm for this machine's processor, with arm64 guests.
 *
 * @module
 */
import "../harness/as_arm64.ts";

// Imported when the processor has its other name.
await import("../../main.ts");
