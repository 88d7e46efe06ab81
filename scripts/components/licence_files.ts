/**
 * Finds the licence texts that a package has beside its sources.
 *
 * @module
 */

const NAMED = /^(licen[cs]es?|copying|notice|unlicense|copyright)([-_.]|$)/i;

/** Texts in a package's folder and in its `LICENSES`, by their names. Links are left out. */
export function licenceTexts(folder: string): string[] {
  const entries = [...Deno.readDirSync(folder)].filter(({ name }) => NAMED.test(name)).sort((a, b) =>
    a.name < b.name ? -1 : 1
  );
  return entries.flatMap(({ name, isFile, isDirectory }) => {
    if (isFile) return [Deno.readTextFileSync(`${folder}/${name}`)];
    if (!isDirectory) return [];
    const inner = [...Deno.readDirSync(`${folder}/${name}`)].filter((entry) => entry.isFile);
    return inner.map((entry) => entry.name).sort().map((file) =>
      Deno.readTextFileSync(`${folder}/${name}/${file}`)
    );
  });
}

/** As one text; empty when there is none. */
export function licenceText(folder: string): string {
  return licenceTexts(folder).map((text) => text.trim()).join(`\n\n${"-".repeat(72)}\n\n`);
}
