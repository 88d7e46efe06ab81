/**
 * Saved VMs from which others go on: a folder for each, named by a digest of all that the saved state depends on,
 * with the guest's memory and the state of its devices. They can be made again, so that they are kept in the cache,
 * the newest few, and are thrown away with the first sign that one is damaged.
 *
 * @module
 */
import { join } from "node:path";
import { removeIfThere } from "../../files/remove_if_there.ts";
import { isFolder } from "../../files/is_there.ts";
import { FileLock } from "../../host/lock.ts";
import { debug } from "../../log.ts";

/** How many are kept. Each takes about 130 MB of disk, whatever the size of the guest's memory. */
const KEPT = 4;

const MAKING = ".new";
const LOCK = ".lock";

/** The files of a template. */
export interface Template {
  readonly key: string;
  /** The guest's memory, sparse. */
  readonly memory: string;
  /** The state of its devices. */
  readonly state: string;
  /** There when this QEMU lets VMs share the memory. */
  readonly shared: string;
}

/** The templates of a folder. */
export class Templates {
  readonly #folder: string;

  /** @param folder made when it is first needed */
  constructor(folder: string) {
    this.#folder = folder;
  }

  /**
   * Finds a template, or makes it.
   *
   * @param key hex digits
   * @param save writes both files, whose folder is there
   * @returns `undefined` while another process makes it
   * @throws what `save` throws, or the system when there is no room; nothing is left of it then
   */
  async get(key: string, save: (files: Template) => Promise<void>): Promise<Template | undefined> {
    const found = this.#files(key);
    if (this.#touch(found)) return found;
    Deno.mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
    using lock = FileLock.tryAcquire(join(this.#folder, key + LOCK)) ?? null;
    if (!lock) return undefined;
    if (this.#touch(found)) return found;
    const making = join(this.#folder, key + MAKING);
    removeIfThere(making, { recursive: true });
    Deno.mkdirSync(making, { mode: 0o700 });
    try {
      await save(this.#files(key, MAKING));
      Deno.renameSync(making, join(this.#folder, key));
    } catch (error) {
      removeIfThere(making, { recursive: true });
      throw error;
    }
    this.#sweep();
    return found;
  }

  /** Throws a template away. VMs that go on from it have it open. */
  drop({ key }: Template): void {
    debug("template thrown away", { key });
    removeIfThere(join(this.#folder, key), { recursive: true });
  }

  /** Removes those that nobody has gone on from since. @param since milliseconds since the Unix epoch */
  removeUnused(since: number): void {
    if (isFolder(this.#folder)) this.#sweep(({ used }) => used < since);
  }

  #files(key: string, end = ""): Template {
    const folder = join(this.#folder, key + end);
    const file = (name: string): string => join(folder, name);
    return { key, memory: file("memory"), state: file("state"), shared: file("shared") };
  }

  /** Notes that a template is used, by the time of its folder. @returns whether it is there */
  #touch({ key }: Template): boolean {
    const folder = join(this.#folder, key);
    if (!isFolder(folder)) return false;
    try {
      Deno.utimeSync(folder, new Date(), new Date());
      return true;
    } catch {
      return false;
    }
  }

  /**
   * Removes some, and what was left by processes that were killed.
   *
   * @param goes is given when a template was last used, and how many were used later; without it all but the newest go
   */
  #sweep(
    goes: (template: { readonly used: number; readonly later: number }) => boolean = ({ later }) =>
      later >= KEPT,
  ): void {
    const names = [...Deno.readDirSync(this.#folder)].map(({ name }) => name);
    const whole = names.filter((name) => /^[0-9a-f]+$/.test(name)).map((name) => ({
      name,
      used: Deno.statSync(join(this.#folder, name)).mtime?.getTime() ?? 0,
    }));
    const old = whole.sort((a, b) => b.used - a.used).filter(({ used }, later) => goes({ used, later }))
      .map(({ name }) => name);
    const unfinished = names.filter((name) => name.endsWith(MAKING)).map((name) =>
      name.slice(0, -MAKING.length)
    );
    for (const key of [...old, ...unfinished]) {
      using lock = FileLock.tryAcquire(join(this.#folder, key + LOCK)) ?? null;
      if (!lock) continue;
      removeIfThere(join(this.#folder, key + MAKING), { recursive: true });
      if (old.includes(key)) removeIfThere(join(this.#folder, key), { recursive: true });
      removeIfThere(join(this.#folder, key + LOCK));
    }
  }
}
