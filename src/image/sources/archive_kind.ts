/**
 * Tells archives of images from plain root file systems, which may have files of the same names.
 *
 * @module
 */
import * as v from "valibot";
import type { BlobTree } from "./blob_tree.ts";

/** What a tree of files is: `docker save`'s, an OCI layout, or neither. */
export type ArchiveKind = "docker" | "oci" | "none";

/** Most bytes of what is looked at; a larger file is no list of images. */
const MAX_BYTES = 4 * 1024 * 1024;

const dockerList = v.pipe(
  v.array(v.union([v.looseObject({ Config: v.unknown() }), v.looseObject({ Layers: v.unknown() })])),
  v.minLength(1),
);
const ociIndex = v.union([
  v.object({ schemaVersion: v.number(), manifests: v.unknown() }),
  v.object({ manifests: v.array(v.looseObject({ digest: v.string() })) }),
]);

/** Judges by what the files say, not by their names alone. Newer `docker save` writes both: its own list has the full names. */
export async function archiveKind(tree: BlobTree): Promise<ArchiveKind> {
  if (await holds(tree, "manifest.json", dockerList)) return "docker";
  if (await holds(tree, "index.json", ociIndex)) return "oci";
  // What is broken in what an archive of images alone has shall be said by who reads it.
  if (tree.has("repositories") && tree.has("manifest.json")) return "docker";
  return tree.has("oci-layout") && tree.has("index.json") ? "oci" : "none";
}

async function holds(tree: BlobTree, name: string, schema: v.GenericSchema): Promise<boolean> {
  if (!tree.has(name) || tree.size(name) > MAX_BYTES) return false;
  const text = new TextDecoder().decode(await tree.read(name, MAX_BYTES));
  try {
    return v.is(schema, JSON.parse(text));
  } catch {
    return false;
  }
}
