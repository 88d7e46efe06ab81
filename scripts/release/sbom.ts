/**
 * What a binary is made of, as a CycloneDX 1.5 document (cyclonedx.org). Pure: the same inputs make the same bytes, so that it
 * has neither a time nor a serial number.
 *
 * @module
 */
import type { PinnedPart } from "../build/parts_table.ts";

/** A component, as the document has it. */
export interface Component {
  readonly name: string;
  readonly version: string;
  readonly licence: string;
  readonly purl?: string;
  /** SHA-256, lower-case hex. */
  readonly sha256?: string;
  /** Where its source is. */
  readonly source?: string;
}

/** Licences of the npm packages that are compiled in; one that is not here ends a release. */
const npmLicences: Readonly<Record<string, string>> = {
  commander: "MIT",
  valibot: "MIT",
  "ipaddr.js": "MIT",
  "smol-toml": "BSD-3-Clause",
};

/** Packages that the build and the tests use, of which nothing is in a binary. */
const TOOLS = ["esbuild", "fast-check"];

/** The npm packages of deno.json's imports. @throws {TypeError} for one whose licence is not known here */
export function npmComponents(imports: Readonly<Record<string, string>>): Component[] {
  return Object.entries(imports).filter(([name]) => !TOOLS.includes(name)).map(([name, place]) => {
    const version = /@([^@/]+)$/.exec(place)?.[1] ?? "";
    const licence = npmLicences[name];
    if (licence === undefined) {
      throw new TypeError(`Cannot list ${name}: scripts/release/sbom.ts has no licence for it`);
    }
    return { name, version, licence, purl: `pkg:npm/${name}@${version}` };
  });
}

/** Downloaded parts, with the digest of what was downloaded. */
export function partComponents(
  parts: readonly PinnedPart[],
  licences: ReadonlyMap<string, string>,
): Component[] {
  return parts.map(({ name, target, version, package: source, sha256 }) => ({
    name,
    version,
    licence: licences.get(`${name} ${target}`) ?? "see docs/licenses.md",
    sha256,
    source,
  }));
}

/** Rows of rootfs/packages.tsv, or of its like: name, version, licence, source. */
export function packageComponents(table: string, architecture: string): Component[] {
  return table.split("\n").filter((line) => line !== "" && !line.startsWith("#")).map((line) => {
    const [name = "", version = "", licence = "", source = ""] = line.split("\t");
    const alpine = /^-r\d+$/.test(version.slice(version.lastIndexOf("-")));
    return {
      name,
      version,
      licence,
      source,
      ...(alpine && { purl: `pkg:apk/alpine/${name}@${version}?arch=${architecture}` }),
    };
  });
}

/** The document's text. */
export function cycloneDx(version: string, target: string, components: readonly Component[]): string {
  const document = {
    bomFormat: "CycloneDX",
    specVersion: "1.5",
    version: 1,
    metadata: {
      component: { type: "application", name: "smolvm", version, "bom-ref": `smolvm-${version}-${target}` },
    },
    components: components.map(({ name, version, licence, purl, sha256, source }, index) => ({
      type: "library",
      "bom-ref": `${index} ${name}`,
      name,
      version,
      licenses: [{ license: { name: licence } }],
      ...(purl && { purl }),
      ...(sha256 && { hashes: [{ alg: "SHA-256", content: sha256 }] }),
      ...(source && { properties: [{ name: "source", value: source }] }),
    })),
  };
  return JSON.stringify(document, null, 2) + "\n";
}
