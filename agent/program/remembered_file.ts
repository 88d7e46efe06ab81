/**
 * Keeps the text of small files that are read at every start of a program: stat(2) tells whether a file has
 * changed, and costs a tenth of reading it.
 *
 * @module
 */

/** How old a change must be before the text is kept, in milliseconds: two within a clock's tick have the same time. */
const SETTLED_MILLISECONDS = 1_000;

/** Files by their paths. */
export class RememberedFiles {
  readonly #known = new Map<string, { readonly version: string; readonly text: string }>();

  /**
   * The text of a file, read again only when it has changed.
   *
   * @param path for looking whether it has
   * @param read reads it; whatever it throws is thrown
   */
  read(path: string, read: () => string | undefined): string | undefined {
    const version = versionOf(path);
    const known = this.#known.get(path);
    if (known && known.version === version) return known.text;
    const text = read();
    this.#known.delete(path);
    if (version !== undefined && text !== undefined) this.#known.set(path, { version, text });
    return text;
  }
}

/** `undefined` when there is no such file, or it changed a moment ago. */
function versionOf(path: string): string | undefined {
  try {
    const { dev, ino, size, mtime, ctime } = Deno.statSync(path);
    const changed = Math.max(mtime?.getTime() ?? Infinity, ctime?.getTime() ?? Infinity);
    if (Math.abs(Date.now() - changed) < SETTLED_MILLISECONDS) return undefined;
    return `${dev} ${ino} ${size} ${mtime?.getTime()} ${ctime?.getTime()}`;
  } catch {
    return undefined;
  }
}
