/**
 * Writes the folder `licences` of an archive: smolvm's own licence, every text that its components are under, the list of
 * components, and where the sources are.
 *
 * @module
 */
import config from "../../deno.json" with { type: "json" };
import type { TargetName } from "../../src/target.ts";
import type { Composition } from "../components/components_of.ts";
import { checkSbom } from "./check_sbom.ts";
import { cycloneDx } from "./sbom.ts";
import { sourceOffer } from "./source_offer.ts";

/**
 * Writes it.
 *
 * @returns the list of components, as CycloneDX
 * @throws {TypeError} when the list is not as CycloneDX has it, or a component has no text in the folder
 */
export function writeLicences(folder: string, name: TargetName, { components, texts }: Composition): string {
  const list = cycloneDx(config.version, name, components);
  checkSbom(list);
  for (const component of components) {
    const missing = component.texts.find((file) => !texts.has(file));
    if (component.texts.length === 0 || missing !== undefined) {
      throw new TypeError(`Cannot release ${component.name}: the text of ${component.licence} is not there`);
    }
  }
  const files = new Map([
    ["LICENSE", Deno.readTextFileSync("LICENSE")],
    ["licenses.md", Deno.readTextFileSync("docs/licenses.md")],
    ["sbom.cdx.json", list],
    ["SOURCES.md", sourceOffer(config.version, name, components)],
    ...[...texts].map(([file, text]) => [`texts/${file}`, text] as const),
  ]);
  Deno.mkdirSync(`${folder}/texts`, { recursive: true });
  for (const [file, text] of files) {
    Deno.writeTextFileSync(`${folder}/${file}`, text);
    Deno.chmodSync(`${folder}/${file}`, 0o644);
  }
  return list;
}
