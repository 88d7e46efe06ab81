/**
 * The settings of registries on this host, from all files that have some.
 *
 * @module
 */
import type { Environment } from "../../../host/environment.ts";
import { type RegistryTable, registryTables } from "./registry_table.ts";
import { readSettingsFiles } from "./settings_files.ts";
import { parseToml } from "./toml.ts";

/**
 * Reads the settings. A prefix that two files have is the later file's
 * (containers-registries.conf.d(5), "Configuration precedence").
 *
 * @param system folder of the system's files
 * @throws {SmolvmError} kind `registry` when a file cannot be read or is not as it must be
 */
export async function readSettings(environment: Environment, system?: string): Promise<RegistryTable[]> {
  const tables = new Map<string, RegistryTable>();
  for (const file of await readSettingsFiles(environment, system)) {
    const document = await parseToml(file.text, file.path);
    for (const table of registryTables(document, file)) tables.set(table.prefix, table);
  }
  return [...tables.values()];
}
