/**
 * The names that there are on this host, for completion: what cannot be read is left out in silence, and nothing is made,
 * mended, started or locked.
 *
 * @module
 */
import { bundledReferences, type KnownImages, knownImages } from "../../image/store/known_images.ts";
import { debug } from "../../log.ts";
import { type KnownContainer, knownContainers, knownMachines } from "../../machines/known_names.ts";
import type { Host } from "../../payload/host.ts";
import { volumeNames } from "../../volumes/volumes.ts";

/** Reads each kind of name when it is asked for. */
export interface KnownNames {
  machines(): readonly string[];
  /** The containers of a machine. */
  containers(machine: string): readonly KnownContainer[];
  volumes(): readonly string[];
  images(): Promise<KnownImages>;
}

/** Letters of names, references and ids. A table may hold anything, and a shell would take it for more than a word. */
const WORD = /^[A-Za-z0-9._:@/[\]-]+$/;

/** The names on a host. */
export function knownNames(host: () => Pick<Host, "paths" | "payload">): KnownNames {
  return {
    machines: () => quietly(() => knownMachines(host().paths), []).filter(isWord),
    containers: (machine) =>
      quietly(() => knownContainers(host().paths, machine), [])
        .filter(({ id, name }) => isWord(id) && isWord(name ?? id)),
    volumes: () => quietly(() => volumeNames(host().paths), []).filter(isWord),
    images: async () => {
      const { references, ids } = quietly(() => knownImages(host().paths), { references: [], ids: [] });
      const bundled = await Promise.try(() => bundledReferences(host().payload)).catch(unread).then((names) =>
        names ?? []
      );
      return {
        references: [...new Set([...references, ...bundled])].filter(isWord).sort(),
        ids: ids.filter(isWord),
      };
    },
  };
}

function isWord(text: string): boolean {
  return WORD.test(text);
}

function quietly<T>(read: () => T, otherwise: T): T {
  try {
    return read();
  } catch (error) {
    unread(error);
    return otherwise;
  }
}

function unread(error: unknown): undefined {
  debug("names not read", { reason: (error as Error).message });
}
