/**
 * Which machines and containers are made of an image: they need it to start again, though nothing of them
 * runs and holds it. The image store knows nothing of machines, so it is told here.
 *
 * @module
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Paths } from "../host/paths.ts";
import type { ImageUse } from "../image/store/removal.ts";
import { MachineRecords } from "../machines/records.ts";

/** The machines of this user, as far as images are concerned. Disposing closes their table. */
export class ImageUsers implements Disposable {
  readonly #records: MachineRecords | undefined;

  private constructor(records: MachineRecords | undefined) {
    this.#records = records;
  }

  /** Opens the table of machines, if there is one. */
  static async open(paths: Paths): Promise<ImageUsers> {
    const there = existsSync(join(paths.data, "machines.db"));
    return new ImageUsers(there ? await MachineRecords.open(paths) : undefined);
  }

  /** Tells who is made of an image. @throws {SmolvmError} kind `state` when a record cannot be read */
  readonly use: ImageUse = (id) => {
    const records = this.#records;
    for (const name of records?.names() ?? []) {
      const machine = records?.get(name);
      if (!records || !machine) continue;
      if (machine.spec.command?.imageId === id) {
        return { reason: `the machine ${name} is made of it`, remedy: `delete the machine first` };
      }
      const container = records.containers.list(machine.spec.id)
        .find(({ spec }) => spec.command.imageId === id);
      if (!container) continue;
      return {
        reason: `the container ${container.spec.name ?? container.spec.id} in ${name} is made of it`,
        remedy: "remove the container first",
      };
    }
    return undefined;
  };

  [Symbol.dispose](): void {
    this.#records?.[Symbol.dispose]();
  }
}
