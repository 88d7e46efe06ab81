/**
 * The published ports of a VM as a service of it: what comes in on the host goes to servers in the guest, a session
 * for each connection, as long as the VM lives.
 *
 * @module
 */
import { Garbage } from "../async/garbage.ts";
import { allowOpenFiles } from "../ffi/open_files.ts";
import { debug } from "../log.ts";
import type { RunningVm } from "../vm/running_vm.ts";
import type { Service } from "../vm/service.ts";
import { INITIAL_CREDIT } from "../wire/credit.ts";
import { Connection } from "./connection.ts";
import { forwardTcp } from "./forward_tcp.ts";
import { UdpForwarder } from "./forward_udp.ts";
import { closePorts, type OpenPort, openPorts } from "./listen.ts";
import type { PublishedPort, ServedPort } from "./published_port.ts";

/** TCP connections at once; further ones wait in the kernel's queue, so that sessions are left for programs. */
const MAX_CONNECTIONS = 2_048;

/** How long to wait when this process has no descriptor left for a connection, in milliseconds. */
const SHORT_MILLISECONDS = 100;

/** Bytes of all connections that may wait in the agent, for servers that do not read. */
const WAITING_BYTES = 8 * 2 ** 20;

/** Bytes of one of them that may in any case: more than the agent gives credit back for at once. */
const LEAST_WAITING_BYTES = 32_768;

/** How many bytes of one of so many connections may wait in the agent, whose memory is small. Pure. */
export function waitingLimit(connections: number): number {
  const share = Math.floor(WAITING_BYTES / Math.max(1, connections));
  return Math.min(INITIAL_CREDIT, Math.max(LEAST_WAITING_BYTES, share));
}

/** The ports. Their listeners are open from {@linkcode PortsService.open} until this is disposed. */
export class PortsService implements Service, AsyncDisposable {
  readonly name = "ports";
  readonly #ports: readonly OpenPort[];
  #container: string | undefined;
  readonly #garbage = new Garbage();
  readonly #connections = new Set<Connection>();
  readonly #accepting: readonly Promise<void>[];
  readonly #peers: readonly UdpForwarder[];
  #vm: RunningVm | undefined;
  #open = true;
  #freed = Promise.withResolvers<void>();

  private constructor(ports: readonly OpenPort[]) {
    this.#ports = ports;
    this.#accepting = ports.flatMap(({ tcp, served }) =>
      tcp.map((listener) => this.#accept(listener, served))
    );
    this.#peers = ports.flatMap(({ udp, served }) =>
      udp.map((socket) => new UdpForwarder(socket, { open: () => this.#session(served) }))
    );
  }

  /**
   * Opens the listeners, all or none. Until a VM runs, connections are reset.
   *
   * @throws {SmolvmError} kind `state` when one cannot be had
   */
  static async open(ports: readonly PublishedPort[]): Promise<PortsService> {
    // Each connection is a descriptor, and a login shell's limit is often half of MAX_CONNECTIONS.
    if (ports.length > 0) allowOpenFiles();
    return new PortsService(await openPorts(ports));
  }

  /** Has servers looked for in a container before all other places. @param container its id */
  prefer(container: string): void {
    this.#container = container;
  }

  /** The ports, with those of the host that were chosen. */
  get served(): ServedPort[] {
    return this.#ports.map(({ served }) => served);
  }

  start(vm: RunningVm): Promise<void> {
    this.#vm = vm;
    return Promise.resolve();
  }

  close(): void {
    this.#vm = undefined;
    for (const connection of this.#connections) connection.reset();
    for (const peers of this.#peers) peers.close();
  }

  /** The ports are free when this is over. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#open) return;
    this.#open = false;
    closePorts(this.#ports);
    this.close();
    this.#freed.resolve();
    await Promise.all(this.#accepting);
  }

  async #accept(listener: Deno.TcpListener, served: ServedPort): Promise<void> {
    while (this.#open) {
      try {
        const connection = new Connection(await listener.accept());
        void this.#serve(connection, served);
      } catch (error) {
        if (!this.#open) return;
        // A client that was gone before it was accepted, or no descriptor is left.
        debug("cannot accept", { port: served.host, reason: String(error) });
        await new Promise((resolve) => setTimeout(resolve, SHORT_MILLISECONDS));
      }
      while (this.#open && this.#connections.size >= MAX_CONNECTIONS) await this.#freed.promise;
    }
  }

  async #serve(connection: Connection, served: ServedPort): Promise<void> {
    const stream = this.#session(served);
    if (!stream) return connection.reset();
    this.#connections.add(connection);
    this.#garbage.add();
    await forwardTcp(connection, stream, () => waitingLimit(this.#connections.size));
    this.#connections.delete(connection);
    this.#garbage.add();
    this.#freed.resolve();
    this.#freed = Promise.withResolvers();
  }

  #session({ guest, protocol }: ServedPort) {
    const vm = this.#vm;
    if (!vm || vm.over) return undefined;
    const container = this.#container === undefined ? {} : { container: this.#container };
    return vm.open({ kind: "connect", protocol, port: guest, ...container });
  }
}
