/**
 * The licence texts that go into an archive, gathered while its components are listed.
 *
 * @module
 */
import { licencesOf, standardText } from "./spdx.ts";

/** Files of an archive's `licences/texts`. */
export class Texts {
  readonly #files = new Map<string, string>();

  /** Names and texts, by name. */
  get files(): ReadonlyMap<string, string> {
    return new Map([...this.#files].sort(([a], [b]) => a < b ? -1 : 1));
  }

  /** A part's own text. @returns the file's name, without one when the text is empty */
  own(name: string, text: string): string[] {
    if (text.trim() === "") return [];
    const file = `${name.replaceAll("/", "-")}.txt`;
    this.#files.set(file, `${text.trim()}\n`);
    return [file];
  }

  /** The standard texts of an expression's licences. @returns their files' names @throws {TypeError} for one that SPDX has no text of */
  standard(expression: string): string[] {
    return licencesOf(expression).map((licence) => {
      const text = standardText(licence);
      if (text === undefined) throw new TypeError(`Cannot list licence ${licence}: there is no text of it`);
      this.#files.set(`${licence}.txt`, `${text.trim()}\n`);
      return `${licence}.txt`;
    });
  }
}
