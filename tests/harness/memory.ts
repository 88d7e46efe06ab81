/**
 * Resident memory of processes, as Linux tells it, and what of this one's is in use.
 *
 * @module
 */
import { Session } from "node:inspector";

/** How often a watched process is looked at, in milliseconds. */
const LOOK_MILLISECONDS = 50;

/** Resident memory of a process in bytes; 0 when it is gone. */
export function residentBytes(pid: number): number {
  try {
    const status = Deno.readTextFileSync(`/proc/${pid}/status`);
    return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1] ?? 0) * 1024;
  } catch {
    return 0;
  }
}

/** A process whose memory is looked at until this is disposed. */
export interface MemoryWatch extends Disposable {
  /** How much more it held at any look than once it had settled. */
  growth(): number;
}

/**
 * Watches a process.
 *
 * @param settleMilliseconds how long it may grow to what it needs by itself
 */
export function watchMemory(pid: number, settleMilliseconds: number): MemoryWatch {
  const begun = performance.now();
  let [settled, peak] = [0, 0];
  const timer = setInterval(() => {
    const bytes = residentBytes(pid);
    if (performance.now() - begun < settleMilliseconds) settled = Math.max(settled, bytes);
    else peak = Math.max(peak, bytes);
  }, LOOK_MILLISECONDS);
  return {
    growth: () => Math.max(0, peak - settled),
    [Symbol.dispose]: () => clearInterval(timer),
  };
}

/** Bytes of JavaScript's objects in this process, and of their buffers, without what nobody refers to any more. */
export async function usedBytes(): Promise<number> {
  const session = new Session();
  session.connect();
  try {
    // What the first collection finalizes is free in the second.
    for (let round = 0; round < 2; round++) {
      // It is over when the call returns: the message that says so keeps no event loop going, and may never come.
      session.post("HeapProfiler.collectGarbage");
      await new Promise((resolve) => setTimeout(resolve, 0));
    }
  } finally {
    session.disconnect();
  }
  const { heapUsed, external } = Deno.memoryUsage();
  return heapUsed + external;
}
