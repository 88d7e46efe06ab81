/**
 * The places where an image may be had, in the order in which they are asked: the mirrors of its registry, then
 * the registry itself, or what stands for it (containers-registries.conf(5), "Remapping and mirroring
 * registries"). Pure.
 *
 * @module
 */
import { formatReference, isRegistryHost, parseReference, type Reference } from "../../model/reference.ts";
import { findTable, type FoundTable } from "./match.ts";
import type { RegistryTable } from "./registry_table.ts";
import { settingsError } from "./settings_error.ts";

/** A place. */
export interface Place {
  /** Where the image is looked for; the image keeps the name that the user gave. */
  readonly reference: Reference;
  /** Whether the settings allow plain http to it. */
  readonly insecure: boolean;
  readonly mirror: boolean;
  /** Path of the file that forbids it. */
  readonly blockedBy?: string;
}

/**
 * The places of an image, at least one. As in containers/image, `blocked` forbids the registry and no mirror of
 * it, unless that is blocked by settings of its own: an image may then be had from its mirrors only.
 *
 * @throws {SmolvmError} kind `registry` when a location in a file is no place
 */
export function placesOf(reference: Reference, tables: readonly RegistryTable[]): Place[] {
  const found = findTable(tables, formatReference(reference));
  if (!found) return [{ reference, insecure: false, mirror: false }];
  const { table } = found;
  const other = reference.digest === undefined ? "digest-only" : "tag-only";
  const mirrors = table.mirrors.filter(({ pull }) => pull !== other).map(({ location, insecure }) => ({
    reference: rewritten(location, found),
    insecure,
    mirror: true,
  }));
  const own = table.location === "" ? reference : rewritten(table.location, found);
  const places = [...mirrors, { reference: own, insecure: table.insecure, mirror: false }];
  return places.map((place) => {
    const blocking = !place.mirror && table.blocked ? table : blockingTable(place.reference, tables);
    return blocking ? { ...place, blockedBy: blocking.file } : place;
  });
}

function blockingTable(reference: Reference, tables: readonly RegistryTable[]): RegistryTable | undefined {
  const table = findTable(tables, formatReference(reference))?.table;
  return table?.blocked ? table : undefined;
}

/** The name with a location in its prefix's place. */
function rewritten(location: string, { table, rest }: FoundTable): Reference {
  const [host = ""] = location.split("/", 1);
  if (!isRegistryHost(host)) {
    throw settingsError(table.file, {
      reason: `location ${JSON.stringify(location)} does not begin with a registry's host`,
      remedy: `write a host with a dot or a port, such as ${host || "registry.example"}:443`,
    });
  }
  try {
    return parseReference(location + rest);
  } catch (cause) {
    const reason = `location ${JSON.stringify(location)} makes no name of an image (${location}${rest})`;
    throw settingsError(table.file, { reason, cause });
  }
}
