/**
 * The machines of a home by their folders alone, for when the table need not be there or cannot be read.
 *
 * @module
 */
import { join } from "node:path";
import type { Paths } from "../host/paths.ts";
import { machineFolder, SPEC_FILE } from "./folder.ts";
import { isSupervised } from "./liveness.ts";

/** A machine, as far as it can be stopped. */
export interface FoundMachine {
  /** 12 hex digits. */
  readonly id: string;
  /** Its id where the file of its spec cannot be read. */
  readonly name: string;
}

/** The machines that run, sorted by name. */
export function runningMachines(paths: Paths): FoundMachine[] {
  return machineFolders(paths).filter(({ id }) => isSupervised(machineFolder(paths, id)));
}

/** All machines that have a folder, sorted by name. */
export function machineFolders({ data }: Pick<Paths, "data">): FoundMachine[] {
  const folder = join(data, "machines");
  try {
    const names = [...Deno.readDirSync(folder)].map(({ name }) => name);
    return names.filter((name) => /^[0-9a-f]{12}$/.test(name))
      .map((id) => ({ id, name: nameIn(join(folder, id, SPEC_FILE)) ?? id }))
      .sort((a, b) => a.name < b.name ? -1 : 1);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}

/** A spec of every version has its name in this field. */
function nameIn(file: string): string | undefined {
  try {
    const spec: unknown = JSON.parse(Deno.readTextFileSync(file));
    const name = typeof spec === "object" && spec !== null && "name" in spec ? spec.name : undefined;
    return typeof name === "string" ? name : undefined;
  } catch {
    return undefined;
  }
}
