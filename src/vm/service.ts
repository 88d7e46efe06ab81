/**
 * What runs beside a VM for as long as the VM lives: its command, its containers, later its ports, network,
 * shares and consoles. Each is one file that implements {@linkcode Service}; lifecycle.ts starts and ends them.
 *
 * @module
 */
import type { RunningVm } from "./running_vm.ts";

/** How a service ended by itself: in order, or because its session to the guest broke. */
export type ServiceEnd = "ended" | "cut off";

/** A service. Started once for each VM, one after the other; what it has no need of, it leaves out. */
export interface Service {
  /** For messages and the debug log: `command`, `containers`. */
  readonly name: string;
  /**
   * Resolves once the service does its work.
   *
   * @throws {SmolvmError} when it cannot; then the VM is ended
   */
  start(vm: RunningVm): Promise<void>;
  /**
   * Settles when the service has ended by itself, which ends the VM. Asked after {@linkcode Service.start};
   * absent where the VM goes on without it.
   */
  ended?(): Promise<ServiceEnd>;
  /**
   * Asks what runs in the guest to end and waits for that, for as long as the patience lasts. All services
   * are asked at once, before the VM is powered off, and only when there is patience.
   *
   * @param patience milliseconds, more than 0
   */
  stop?(patience: number): Promise<void>;
  /** Ends at once what {@linkcode Service.stop} is waiting for: a later stop had less patience. */
  kill?(): void;
  /** Gives back what the service holds on the host. Called when the VM is gone, the last service first. */
  close?(): void | Promise<void>;
}
