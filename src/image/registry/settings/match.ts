/**
 * Which settings hold for a name: those with the longest prefix (containers-registries.conf(5), "Choosing a
 * [[registry]] TOML table"). Pure.
 *
 * @module
 */
import type { RegistryTable } from "./registry_table.ts";

/** The settings of a name. */
export interface FoundTable {
  readonly table: RegistryTable;
  /** What of the name follows the prefix: `/library/alpine:latest`, `:latest`, or nothing. */
  readonly rest: string;
}

/**
 * Finds the settings.
 *
 * @param name normalised: `docker.io/library/alpine:latest`
 */
export function findTable(tables: readonly RegistryTable[], name: string): FoundTable | undefined {
  let found: FoundTable | undefined;
  for (const table of tables) {
    const rest = restAfter(table.prefix, name);
    if (rest !== undefined && (!found || lengthOf(table) > lengthOf(found.table))) found = { table, rest };
  }
  return found;
}

/** Without the star, a host is longer than the domain that it is in, also when it is there by one letter. */
function lengthOf({ prefix }: RegistryTable): number {
  return prefix.replace(/^\*/, "").length;
}

/**
 * What follows a prefix in a name. A host alone is followed by a slash: with a port it is another registry.
 *
 * @returns `undefined` when the name does not begin with the prefix
 */
function restAfter(prefix: string, name: string): string | undefined {
  if (prefix.startsWith("*.")) return restBelow(prefix.slice(1), name);
  if (!name.startsWith(prefix)) return undefined;
  const rest = name.slice(prefix.length);
  return (prefix.includes("/") ? /^(?:$|[/:@])/ : /^\//).test(rest) ? rest : undefined;
}

/** As above, of `.example.com` for every host below it, on any port: none can be written behind `*.`. */
function restBelow(domain: string, name: string): string | undefined {
  const slash = name.indexOf("/");
  const host = name.slice(0, slash).replace(/:\d+$/, "");
  return host.endsWith(domain) ? name.slice(slash) : undefined;
}
