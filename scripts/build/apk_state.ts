/**
 * What apk keeps beside its database, cut down to some packages: their scripts and their triggers. Pure.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { gunzipSync, gzipSync } from "node:zlib";
import type { Package } from "./apk.ts";

/** Size of a tar header, and what contents are padded to. */
const BLOCK = 512;

/** lib/apk/db/triggers with the lines of some packages: a line begins with its package's checksum. */
export function keepTriggers(text: string, packages: readonly Package[]): string {
  const checksums = new Set(packages.map((one) => /^C:(.*)$/m.exec(one.record)?.[1]));
  return text.split("\n").filter((line) => checksums.has(line.split(" ", 1)[0])).map((line) => `${line}\n`)
    .join("");
}

/**
 * lib/apk/db/scripts.tar.gz with the scripts of some packages: entries are named PACKAGE-VERSION.CHECKSUM.SCRIPT.
 *
 * @throws {Error} when it is not a plain tar archive
 */
export function keepScripts(archive: Uint8Array, packages: readonly Package[]): Uint8Array {
  const tar = gunzipSync(archive);
  const prefixes = packages.map((one) => `${one.name}-${one.version}.`);
  const kept: Uint8Array[] = [];
  for (let at = 0; at + BLOCK <= tar.length && tar[at] !== 0;) {
    const name = text(tar.subarray(at, at + 100)); // name
    const size = parseInt(text(tar.subarray(at + 124, at + 136)), 8); // size, octal
    const type = text(tar.subarray(at + 156, at + 157)); // typeflag
    if (Number.isNaN(size) || !["", "0"].includes(type)) {
      throw new Error(`Cannot read apk's scripts: ${name} has type ${type}`);
    }
    const end = at + BLOCK + Math.ceil(size / BLOCK) * BLOCK;
    if (prefixes.some((prefix) => name.startsWith(prefix))) kept.push(tar.subarray(at, end));
    at = end;
  }
  return gzipSync(Buffer.concat([...kept, new Uint8Array(2 * BLOCK)]));
}

/** A field of a tar header: text up to the first NUL. */
function text(field: Uint8Array): string {
  return new TextDecoder().decode(field).replace(/\0[^]*$/, "");
}
