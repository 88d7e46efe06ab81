/**
 * Opens the C library once, before any test: it stays open for the life of a process, and no test is to be
 * blamed for it by Deno's leak check. Import it for that effect.
 *
 * @module
 */
import { FileLock } from "../../src/host/lock.ts";

const path = await Deno.makeTempFile();
FileLock.tryAcquire(path)?.[Symbol.dispose]();
await Deno.remove(path);
