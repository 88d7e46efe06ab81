/**
 * Holds a list of components against CycloneDX's own JSON schema, which its library has, and its licences against SPDX's grammar.
 *
 * @module
 */
import config from "../../deno.json" with { type: "json" };
import { Ajv, type ValidateFunction } from "ajv";
import { default as formats } from "ajv-formats";
import { default as moreFormats } from "ajv-formats-draft2019";
import { npmFolder } from "../components/npm.ts";
import { licencesOf } from "../components/spdx.ts";

const LIBRARY = "@cyclonedx/cyclonedx-library";

/** As much of a document as is read here. */
interface Document {
  readonly components: readonly { readonly licenses: readonly { readonly expression: string }[] }[];
}

let compiled: ValidateFunction | undefined;

/** Checks a document. @throws {TypeError} with the first thing that is wrong */
export function checkSbom(text: string): void {
  const document = JSON.parse(text);
  compiled ??= schema();
  if (!compiled(document)) {
    const [first] = compiled.errors ?? [];
    throw new TypeError(`Cannot use the list of components: ${first?.instancePath} ${first?.message}`);
  }
  for (const { licenses } of (document as Document).components) {
    for (const { expression } of licenses) licencesOf(expression);
  }
}

function schema(): ValidateFunction {
  const place = config.imports[LIBRARY].replace(/^npm:/, "").replace(/@([^@]+)$/, "/$1");
  const read = (name: string): object =>
    JSON.parse(Deno.readTextFileSync(`${npmFolder()}/${place}/res/schema/${name}.SNAPSHOT.schema.json`));
  const ajv = new Ajv({ strict: false });
  // Their types say that they have a default export, which Deno takes for the function itself.
  (formats as unknown as (ajv: Ajv) => void)(ajv);
  (moreFormats as unknown as (ajv: Ajv) => void)(ajv);
  for (const name of ["spdx", "jsf-0.82", "cryptography-defs"]) {
    ajv.addSchema(read(name), `http://cyclonedx.org/schema/${name}.SNAPSHOT.schema.json`);
  }
  return ajv.compile(read("bom-1.6"));
}
