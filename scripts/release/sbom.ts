/**
 * What a binary is made of, as a CycloneDX 1.6 document (ECMA-424). Pure: the same inputs make the same bytes, so that it
 * has neither a time nor a serial number.
 *
 * @module
 */
import type { Component } from "../components/component.ts";

/** Name of the property that says in which files of an archive's `licences` a component's texts are. */
export const TEXT_PROPERTY = "smolvm:licence-text";

/** The document's text. */
export function cycloneDx(version: string, target: string, components: readonly Component[]): string {
  const document = {
    bomFormat: "CycloneDX",
    specVersion: "1.6",
    version: 1,
    metadata: {
      component: {
        type: "application",
        "bom-ref": `smolvm-${version}-${target}`,
        name: "smolvm",
        version,
        licenses: [{ expression: "Apache-2.0" }],
      },
    },
    components: components.map((component, index) => ({
      type: "library",
      "bom-ref": `${index} ${component.name}`,
      name: component.name,
      version: component.version,
      ...(component.sha256 && { hashes: [{ alg: "SHA-256", content: component.sha256 }] }),
      licenses: [{ expression: component.licence }],
      ...(component.purl && { purl: component.purl }),
      ...(component.sources.length > 0 && {
        externalReferences: component.sources.map((url) => ({ type: "source-distribution", url })),
      }),
      properties: component.texts.map((file) => ({ name: TEXT_PROPERTY, value: `texts/${file}` })),
    })),
  };
  return JSON.stringify(document, null, 2) + "\n";
}
