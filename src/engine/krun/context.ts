/**
 * One libkrun configuration context: typed calls that turn a negative errno into an error naming the call.
 * The context id does not leave this file.
 *
 * @module
 */
import { SmolvmError } from "../../error.ts";
import { cString } from "../../ffi/cstring.ts";
import { errnoName } from "../../ffi/errno.ts";
import type { KrunLibrary } from "./library.ts";
import type { KrunCall } from "./vmm_request.ts";

/** The calls of libkrun, or a recorder of them in a test. */
export type KrunSymbols = KrunLibrary["symbols"];

/** A context. Disposing frees it, unless the VM has taken it over. */
export class KrunContext implements Disposable {
  readonly #symbols: KrunSymbols;
  readonly #id: number;
  #owned = true;
  /** Id of the console that was added last. */
  #console = 0;

  /**
   * Creates a context.
   *
   * @throws {SmolvmError} kind `engine` when libkrun refuses
   */
  constructor(symbols: KrunSymbols) {
    this.#symbols = symbols;
    this.#id = judge("krun_create_ctx", symbols.krun_create_ctx());
  }

  /**
   * Makes one planned call.
   *
   * @throws {SmolvmError} kind `engine` with the call's name and errno
   */
  apply(call: KrunCall): void {
    const code = judge(call.name, this.#call(call));
    if (call.name === "krun_add_virtio_console_multiport") this.#console = code;
  }

  /**
   * Runs the VM. Only an error comes back: libkrun ends the process when the guest ends.
   *
   * @throws {SmolvmError} kind `engine` when the VM cannot be built
   */
  async enter(): Promise<never> {
    this.#owned = false;
    const code = await this.#symbols.krun_start_enter(this.#id);
    judge("krun_start_enter", code);
    throw new SmolvmError("engine", {
      action: "run the VM",
      reason: `krun_start_enter of libkrun returned ${code}, where it should end the process with the guest`,
    });
  }

  [Symbol.dispose](): void {
    if (this.#owned) this.#symbols.krun_free_ctx(this.#id);
    this.#owned = false;
  }

  #call(call: KrunCall): number {
    const [symbols, id] = [this.#symbols, this.#id];
    switch (call.name) {
      case "krun_set_vm_config":
        return symbols.krun_set_vm_config(id, call.cpus, call.memoryMiB);
      case "krun_set_kernel":
        return symbols.krun_set_kernel(id, cString(call.path), call.format, null, cString(call.commandLine));
      case "krun_add_disk":
        return symbols.krun_add_disk(
          id,
          cString(call.id),
          cString(call.path),
          call.readOnly,
        );
      case "krun_add_virtiofs":
        return symbols.krun_add_virtiofs(id, cString(call.tag), cString(call.path));
      case "krun_add_net_unixstream": {
        const add = symbols.krun_add_net_unixstream;
        // Libkrun's own word too, where it has the call and was built without what it does.
        if (!add) return -ENOSYS;
        const mac = Uint8Array.from(call.mac.split(":"), (digits) => Number.parseInt(digits, 16));
        return add(id, null, call.descriptor, mac, call.features, 0);
      }
      case "krun_disable_implicit_vsock":
        return symbols.krun_disable_implicit_vsock(id);
      case "krun_set_console_output":
        return symbols.krun_set_console_output(id, cString(call.path));
      case "krun_add_virtio_console_multiport":
        return symbols.krun_add_virtio_console_multiport(id);
      case "krun_add_console_port_inout":
        return symbols.krun_add_console_port_inout(
          id,
          this.#console,
          cString(call.port),
          call.input,
          call.output,
        );
    }
  }
}

/** errno.h, of this system. */
const ENOSYS = Deno.build.os === "darwin" ? 78 : 38;

/** libkrun.h: "Zero on success or a negative error number on failure". */
function judge(name: string, code: number): number {
  if (code >= 0) return code;
  throw new SmolvmError("engine", {
    action: "set up the VM",
    reason: `${name} of libkrun failed: ${errnoName(-code)}`,
  });
}
