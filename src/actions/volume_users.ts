/**
 * Which machines refer to a volume: they need it to start again, though nothing of them runs and holds it. Volumes know
 * nothing of machines, so it is told here.
 *
 * @module
 */
import { join } from "node:path";
import { isThere } from "../files/is_there.ts";
import type { Paths } from "../host/paths.ts";
import { MachineRecords } from "../machines/records.ts";
import { volumesOf } from "../volumes/use.ts";

/**
 * Names of the machines that refer to volumes, by the volumes' names.
 *
 * @param onUnreadable told of a machine whose record cannot be read; without it that is an error
 * @throws {SmolvmError} kind `state`
 */
export async function volumeUsers(
  paths: Paths,
  onUnreadable?: (name: string, error: unknown) => void,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const users = new Map<string, string[]>();
  if (!isThere(join(paths.data, "machines.db"))) return users;
  using records = await MachineRecords.open(paths);
  for (const name of records.names()) {
    try {
      for (const volume of volumesOf(records.get(name)?.spec.devices.volumes ?? [])) {
        users.set(volume, [...users.get(volume) ?? [], name]);
      }
    } catch (error) {
      if (!onUnreadable) throw error;
      onUnreadable(name, error);
    }
  }
  return users;
}
