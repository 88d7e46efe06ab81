/**
 * Takes volumes for a VM: each is one VM's at a time, by a lock that is held as long as the VM lives.
 *
 * @module
 */
import { delay } from "../async/delay.ts";
import { SmolvmError } from "../error.ts";
import { FileLock } from "../host/lock.ts";
import type { Paths } from "../host/paths.ts";
import { causeWords } from "../host/system_words.ts";
import { debug } from "../log.ts";
import { VolumeChanges } from "./changes.ts";
import { volumeFolder } from "./folder.ts";
import { holderOf, holderWords, writeHolder } from "./holder.ts";
import { needsRecovery } from "./journal.ts";
import { checkUses, volumesOf, type VolumeUse } from "./use.ts";
import { hasVolume, readVolume } from "./volumes.ts";

/** A lock that is held may be a look of `volume ls`; it is taken after this many tries, or is somebody's. */
const TRIES = 10;
const TRY_MILLISECONDS = 20;

/** For whom volumes are taken. */
export interface AttachOptions {
  /** Name of the machine whose VM it is; absent: it is a `run`. */
  readonly machine?: string;
  /** Makes those that are not there; absent: they are an error. */
  readonly make?: NewDisks;
}

/** How volumes are made that are not there. */
export interface NewDisks {
  /** Size of each disk, in whole blocks of 4096. */
  readonly bytes: number;
  /** Path of the part `storage.json`. */
  readonly templates: string;
}

/** Volumes that are a VM's. Disposing lets them go; the VM must be gone by then. */
export interface AttachedVolumes extends Disposable {
  /** In the order of {@linkcode AttachedVolumes.disks}. */
  readonly names: readonly string[];
  readonly disks: readonly { readonly path: string; readonly readOnly: boolean }[];
}

/**
 * Takes the volumes of some uses. Where there is none, nothing is touched.
 *
 * @throws {SmolvmError} kind `usage` when a name is not allowed, or there is no such volume; kind `state` when another
 * VM has one, or it cannot be read, made or attached as it is wanted. Then none is taken
 */
export async function attachVolumes(
  uses: readonly VolumeUse[],
  paths: Pick<Paths, "data">,
  { machine, make }: AttachOptions = {},
): Promise<AttachedVolumes> {
  checkUses(uses);
  using taken = new DisposableStack();
  const names = volumesOf(uses);
  const disks: { path: string; readOnly: boolean }[] = [];
  if (names.length > 0) {
    // Nobody removes one of them while it is looked at.
    using changes = await VolumeChanges.begin(paths);
    if (make) makeVolumes(names, changes, make);
    for (const name of names) {
      if (!hasVolume(paths, name)) throw goneVolume(name);
      readVolume(paths, name);
      const folder = volumeFolder(paths, name);
      taken.use(await takeLock(name, folder.lock));
      try {
        writeHolder(folder, machine);
      } catch (error) {
        // On a full disk: then others are told that another VM has it.
        debug("volume has no holder", { name, reason: String(error) });
      }
      const readOnly = uses.every((use) => use.name !== name || use.readOnly);
      if (readOnly) refuseUnreplayed(name, folder.disk);
      disks.push({ path: folder.disk, readOnly });
    }
  }
  const held = taken.move();
  return { names, disks, [Symbol.dispose]: () => held.dispose() };
}

/** Makes those of the names that are not there. @throws {SmolvmError} when one cannot be */
export function makeVolumes(
  names: readonly string[],
  changes: VolumeChanges,
  { bytes, templates }: NewDisks,
): void {
  for (const name of names) changes.create({ name, bytes, labels: {} }, templates);
}

async function takeLock(name: string, path: string): Promise<FileLock> {
  for (let tries = 1;; tries++) {
    const lock = FileLock.tryAcquire(path);
    if (lock) return lock;
    if (tries === TRIES) break;
    await delay(TRY_MILLISECONDS);
  }
  const { who, remedy } = holderWords(await holderOf({ lock: path }));
  throw new SmolvmError("state", {
    action: "use the volume",
    subject: name,
    reason: `${who} has it, and a volume is for one VM at a time`,
    remedy,
  });
}

/** A journal that is to be replayed needs a disk that can be written to, which this one is not to be. */
function refuseUnreplayed(name: string, disk: string): void {
  let dirty: boolean;
  try {
    dirty = needsRecovery(disk);
  } catch (cause) {
    const words = causeWords(cause);
    throw new SmolvmError("state", { action: "use the volume", subject: name, ...words, cause });
  }
  if (!dirty) return;
  throw new SmolvmError("state", {
    action: "use the volume",
    subject: `${name} read-only`,
    reason:
      "the last VM that wrote to it did not leave it clean, so that its journal has to be replayed first",
    remedy: "use it once without :ro",
  });
}

function goneVolume(name: string): SmolvmError {
  return new SmolvmError("usage", {
    action: "use the volume",
    subject: name,
    reason: "it is no longer there",
    remedy: `make an empty one with smolvm volume create ${name}`,
  });
}

/**
 * Refuses volumes that another VM has now, before anything is fetched or made for one that could not have them.
 *
 * @throws {SmolvmError} kind `state`
 */
export async function refuseTaken(uses: readonly VolumeUse[], paths: Pick<Paths, "data">): Promise<void> {
  for (const name of volumesOf(uses)) {
    if (hasVolume(paths, name)) (await takeLock(name, volumeFolder(paths, name).lock))[Symbol.dispose]();
  }
}
