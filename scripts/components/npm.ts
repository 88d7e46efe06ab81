/**
 * The npm packages that are compiled into a binary, with the licences that their own manifests name and their own texts.
 *
 * @module
 */
import * as v from "valibot";
import type { Component } from "./component.ts";
import { licenceText } from "./licence_files.ts";
import type { Texts } from "./texts.ts";

/** Packages that the build, the release and the tests use, of which nothing is in a binary. */
const TOOLS = [
  "esbuild",
  "fast-check",
  "ajv",
  "ajv-formats",
  "ajv-formats-draft2019",
  "@cyclonedx/cyclonedx-library",
  "spdx-expression-parse",
  "spdx-license-list/full.js",
];

const manifestSchema = v.object({ license: v.string() });
const placesSchema = v.object({ npmCache: v.string() });

/** Where Deno keeps the packages of the npm registry, by name and version. */
export function npmFolder(): string {
  const { stdout } = new Deno.Command(Deno.execPath(), { args: ["info", "--json"] }).outputSync();
  const { npmCache } = v.parse(placesSchema, JSON.parse(new TextDecoder().decode(stdout)));
  const [registry] = [...Deno.readDirSync(npmCache)].filter(({ isDirectory }) => isDirectory);
  return `${npmCache}/${registry?.name ?? ""}`;
}

/** Name and version of the packages of deno.json's imports that a binary contains. */
export function compiledIn(imports: Readonly<Record<string, string>>): { name: string; version: string }[] {
  return Object.entries(imports).filter(([name]) => !TOOLS.includes(name)).map(([name, place]) => {
    const version = /@([^@/]+)$/.exec(place)?.[1];
    if (version === undefined) throw new TypeError(`Cannot list ${name}: deno.json pins no version`);
    return { name, version };
  });
}

/** The packages as components. @param folder what {@linkcode npmFolder} found @throws {TypeError} for one without a licence's text */
export function npmComponents(
  imports: Readonly<Record<string, string>>,
  folder: string,
  texts: Texts,
): Component[] {
  return compiledIn(imports).map(({ name, version }) => {
    const place = `${folder}/${name}/${version}`;
    const manifest = v.parse(manifestSchema, JSON.parse(Deno.readTextFileSync(`${place}/package.json`)));
    const own = texts.own(`npm-${name}`, licenceText(place));
    if (own.length === 0) throw new TypeError(`Cannot list ${name}: its package has no licence's text`);
    const purl = `pkg:npm/${name}@${version}`;
    return { name, version, licence: manifest.license, purl, sources: [], texts: own };
  });
}
