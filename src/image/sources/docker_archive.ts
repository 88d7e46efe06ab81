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
import { NotForHostError } from "../model/not_for_host.ts";
import { pairLayers } from "../model/pair_layers.ts";
import type { BlobTree } from "./blob_tree.ts";
import { type About, type PassedOver, referencesFor, reportPassedOver } from "./names.ts";

const MAX_LIST_BYTES = 4 * 1024 * 1024;

const list = v.pipe(
  v.array(v.object({
    Config: v.string(),
    RepoTags: v.nullish(v.array(v.nullable(v.string()))),
    Layers: v.nullish(v.array(v.string())),
  })),
  v.minLength(1),
  v.maxLength(1000),
);

/**
 * The images of an archive that can run here.
 *
 * @throws {SmolvmError | LayerError}
 */
export async function dockerCandidates(tree: BlobTree, about: About): Promise<Candidate[]> {
  const entries = parseJson(await tree.read("manifest.json", MAX_LIST_BYTES), list, "manifest.json");
  const taken: [Entry, Parts][] = [];
  const passedOver: PassedOver[] = [];
  for (const entry of entries) {
    try {
      taken.push([entry, await readParts(entry, tree, about)]);
    } catch (error) {
      if (!(error instanceof NotForHostError)) throw error;
      passedOver.push({ name: entry.RepoTags?.[0] ?? entry.Config, found: error.found });
    }
  }
  reportPassedOver(passedOver, taken.length, about);
  return taken.map(([entry, parts]) => ({
    ...parts,
    references: referencesFor((entry.RepoTags ?? []).filter((tag) => tag !== null), about, taken.length),
    source: "archive",
    origin: about.origin,
  }));
}

type Entry = v.InferOutput<typeof list>[number];
type Parts = Pick<Candidate, "id" | "config" | "created" | "layers">;

async function readParts(entry: Entry, tree: BlobTree, about: About): Promise<Parts> {
  const bytes = await tree.read(entry.Config, MAX_CONFIG_BYTES);
  const id = digestOf(bytes);
  // The configuration's name is its digest: `HEX.json`, or `blobs/sha256/HEX`.
  const named = /([0-9a-f]{64})(?:\.json)?$/.exec(entry.Config)?.[1];
  if (named !== undefined && id !== `sha256:${named}`) {
    throw new LayerError(`the configuration ${entry.Config} has the digest ${id}`);
  }
  const { config, created, diffIds } = parseConfig(bytes, about.machine);
  const names = entry.Layers ?? [];
  const layers = pairLayers(names, diffIds, (name) => ({
    name,
    open: () => Promise.resolve(tree.open(name)),
  }));
  // Asked now: an image that is in the store already is not unpacked, and the archive is to be whole all the same.
  for (const name of names) tree.size(name);
  return {
    id,
    config,
    ...(created !== undefined && { created }),
    layers,
  };
}
