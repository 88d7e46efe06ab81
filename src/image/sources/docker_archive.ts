/**
 * Archives of `docker save`, old and new: `manifest.json` says which images there are (Docker image-spec
 * v1.2, "Combined Image JSON + Filesystem Changeset Format").
 *
 * @module
 */
import * as v from "valibot";
import { parseJson } from "../model/bounded_json.ts";
import type { Candidate } from "../model/candidate.ts";
import { MAX_CONFIG_BYTES, parseConfig } from "../model/config.ts";
import { digestOf } from "../model/digest.ts";
import { LayerError } from "../model/layer_error.ts";
import { pairLayers } from "../model/pair_layers.ts";
import { guestPlatform } from "../model/platform.ts";
import type { BlobTree } from "./blob_tree.ts";
import { type About, referencesFor } from "./names.ts";

const MAX_LIST_BYTES = 4 * 1024 * 1024;

const list = v.pipe(
  v.array(v.object({
    Config: v.string(),
    RepoTags: v.nullish(v.array(v.string())),
    Layers: v.nullish(v.array(v.string())),
  })),
  v.minLength(1),
  v.maxLength(1000),
);

/**
 * The images of an archive.
 *
 * @throws {SmolvmError | LayerError}
 */
export async function dockerCandidates(tree: BlobTree, about: About): Promise<Candidate[]> {
  const entries = parseJson(await tree.read("manifest.json", MAX_LIST_BYTES), list, "manifest.json");
  return await Promise.all(entries.map((entry) => candidateOf(entry, tree, about, entries.length)));
}

async function candidateOf(
  entry: v.InferOutput<typeof list>[number],
  tree: BlobTree,
  about: About,
  images: number,
): Promise<Candidate> {
  const bytes = await tree.read(entry.Config, MAX_CONFIG_BYTES);
  const id = digestOf(bytes);
  // The configuration's name is its digest: `HEX.json`, or `blobs/sha256/HEX`.
  const named = /([0-9a-f]{64})(?:\.json)?$/.exec(entry.Config)?.[1];
  if (named !== undefined && id !== `sha256:${named}`) {
    throw new LayerError(`the configuration ${entry.Config} has the digest ${id}`);
  }
  const { config, created, diffIds } = parseConfig(bytes, guestPlatform());
  return {
    id,
    references: referencesFor(entry.RepoTags ?? [], about, images),
    config,
    ...(created !== undefined && { created }),
    source: "archive",
    origin: about.origin,
    layers: pairLayers(entry.Layers ?? [], diffIds, (name) => ({
      name,
      open: () => Promise.resolve(tree.open(name)),
    })),
  };
}
