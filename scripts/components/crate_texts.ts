/**
 * The licence texts of a program's Rust crates in one file: each text once, below the crates that have it. Pure.
 *
 * @module
 */
import type { Crate, CrateList } from "./crate_lists.ts";
import { licencesOf } from "./spdx.ts";

const RULE = "=".repeat(100);

/** Licences whose standard text is needed: those of crates whose packages have no text of their own. */
export function textless({ crates }: CrateList): { readonly crates: Crate[]; readonly licences: string[] } {
  const without = crates.filter(({ texts }) => texts.length === 0);
  return {
    crates: without,
    licences: [...new Set(without.flatMap(({ licence }) => licencesOf(licence)))].sort(),
  };
}

/** The file. @param title its first line @param file name of a licence's standard text in the same folder */
export function crateTexts(list: CrateList, title: string, file: (licence: string) => string): string {
  const users = new Map<string, string[]>();
  for (const { name, version, licence, texts } of list.crates) {
    for (const text of texts) users.set(text, [...users.get(text) ?? [], `${name} ${version} (${licence})`]);
  }
  const blocks = [...users].map(([digest, names]) =>
    `${RULE}\n${names.join("\n")}\n\n${list.texts[digest] ?? ""}\n`
  );
  const bare = textless(list).crates.map(({ name, version, licence, authors }) => {
    const files = licencesOf(licence).map(file).join(", ");
    return `${name} ${version} (${licence}), copyright: ${
      authors.join(", ") || `the authors of ${name}`
    }: ${files}`;
  });
  const without = bare.length === 0
    ? []
    : [`${RULE}\nWithout a text in their packages; it is in the file that is named:\n\n${bare.join("\n")}\n`];
  return [`${title}\n`, ...blocks, ...without].join("\n");
}
