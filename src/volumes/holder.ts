/**
 * Whose VM has a volume: the holder of the volume's lock, which wrote into the lock's file who it is. Whether a volume
 * is held is told by the lock alone, which ends with its holder, however that ends.
 *
 * @module
 */
import * as v from "valibot";
import { delay } from "../async/delay.ts";
import { isThere } from "../files/is_there.ts";
import { FileLock } from "../host/lock.ts";
import { identify } from "../host/process.ts";
import type { VolumeFolder } from "./folder.ts";

/** How often who has just taken a lock is looked for, and how long one look waits, in milliseconds. */
const LOOKS = 10;
const LOOK_MILLISECONDS = 20;

const holderSchema = v.object({
  /** The process that keeps the VM. */
  pid: v.number(),
  started: v.string(),
  /** Name of the machine; absent: it is a `run`. */
  machine: v.optional(v.string()),
});
export type Holder = v.InferOutput<typeof holderSchema>;

/** Says in a lock's file who holds it. @param machine name of the machine; absent: it is a `run` */
export function writeHolder(folder: Pick<VolumeFolder, "lock">, machine: string | undefined): void {
  const { started = "" } = identify(Deno.pid) ?? {};
  const holder: Holder = { pid: Deno.pid, started, ...(machine !== undefined && { machine }) };
  Deno.writeTextFileSync(folder.lock, JSON.stringify(holder));
}

/** Whether a VM has the volume, or a command removes it. */
export function isHeld(folder: Pick<VolumeFolder, "lock">): boolean {
  if (!isThere(folder.lock)) return false;
  const lock = FileLock.tryAcquire(folder.lock, { shared: true });
  lock?.[Symbol.dispose]();
  return lock === undefined;
}

/**
 * Who holds the lock, which is held.
 *
 * @returns `undefined` when that cannot be told: the lock's file names a process that is gone
 */
export async function holderOf(folder: Pick<VolumeFolder, "lock">): Promise<Holder | undefined> {
  for (let look = 0; look < LOOKS; look++) {
    const holder = readHolder(folder);
    if (holder && identify(holder.pid)?.started === holder.started) return holder;
    // Whoever has just taken the lock has not written yet; what stands there is of the holder before.
    await delay(LOOK_MILLISECONDS);
  }
  return undefined;
}

/** Who it is, as people name it, and what ends it. */
export function holderWords(holder: Holder | undefined): { readonly who: string; readonly remedy: string } {
  if (!holder) return { who: "another VM", remedy: "wait until it has ended" };
  const { machine, pid } = holder;
  if (machine === undefined) return { who: `a run (process ${pid})`, remedy: "wait until it has ended" };
  return { who: `the machine ${machine}`, remedy: `stop it with smolvm microvm stop ${machine}` };
}

function readHolder({ lock }: Pick<VolumeFolder, "lock">): Holder | undefined {
  try {
    const result = v.safeParse(holderSchema, JSON.parse(Deno.readTextFileSync(lock)));
    return result.success ? result.output : undefined;
  } catch {
    return undefined;
  }
}
