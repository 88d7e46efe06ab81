/**
 * First arguments by which smolvm is started for another job than the command line's.
 *
 * @module
 */

/** `_supervise ID DATA CACHE RUNTIME`: keeps a machine that is in these folders. */
export const SUPERVISOR_PROCESS = "_supervise";

/** `_krun REQUEST`: becomes the VMM of a VM on libkrun, which ends the process it runs in. */
export const KRUN_PROCESS = "_krun";

/** `_complete WORD…`: says what the last of the words may become; a shell's completion script asks. */
export const COMPLETION_PROCESS = "_complete";

/** `_native_end JSON`: says how a program ended that the client before the runtime ran (src/start/ending.c). */
export const NATIVE_END_PROCESS = "_native_end";
