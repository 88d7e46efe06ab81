/**
 * The end of a guest's console, kept in a file of its machine for `microvm logs --console`.
 *
 * @module
 */
import { debug } from "../log.ts";
import type { RunningVm } from "../vm/running_vm.ts";
import type { Service } from "../vm/service.ts";

/** Lines that are kept. */
const CONSOLE_LINES = 200;

/** Writes the file when the VM is gone. */
export class ConsoleFile implements Service {
  readonly name = "console";
  readonly #path: string;
  #vm: RunningVm | undefined;

  /** @param path the file, made 0600 */
  constructor(path: string) {
    this.#path = path;
  }

  start(vm: RunningVm): Promise<void> {
    this.#vm = vm;
    return Promise.resolve();
  }

  close(): void {
    const text = this.#vm?.consoleTail(CONSOLE_LINES) ?? "";
    try {
      Deno.writeTextFileSync(this.#path, text === "" ? "" : `${text}\n`, { mode: 0o600 });
    } catch (error) {
      // The host's disk is full, or the machine's folder was deleted: the machine ends without the file.
      debug("console not kept", { reason: (error as Error).message });
    }
  }
}
