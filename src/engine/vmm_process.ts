/**
 * The processes of a VM as one: a VMM, whose stdin and stdout are the link to the agent and whose stderr
 * carries its own words and the guest's console, and the helpers without which it cannot go on, such as a file
 * server. They end together. Nothing of them is a file, so nothing of them is left over.
 *
 * @module
 */
import { withinDeadline } from "../async/deadline.ts";
import type { HandedConnection } from "../ffi/handed_connection.ts";
import type { Transport } from "../wire/transport.ts";
import type { Vmm, VmmEnd } from "./engine.ts";
import { stdioTransport } from "./stdio_transport.ts";
import { ProcessGuard } from "./process_guard.ts";
import { type ProcessCommand, type ProcessEnd, WatchedProcess } from "./watched_process.ts";

/**
 * How long a VMM may take to end after a helper, in milliseconds: a helper that served an orderly end may be gone
 * before the VMM is.
 */
const GRACE_MILLISECONDS = 200;

/** A process beside the VMM. */
export interface HelperCommand extends ProcessCommand {
  /** What people know it as, with its article: `the file server`. */
  readonly name: string;
}

/** What a VMM has beside its program. */
export interface VmmParts {
  readonly helpers?: readonly HelperCommand[] | undefined;
  /** Whose other end the VMM inherits; taken once the VMM is started. */
  readonly network?: HandedConnection | undefined;
  /** Whether a guard has the VMM end with this process, because nothing else does. */
  readonly guarded?: boolean;
}

/**
 * Starts a VM's processes, the helpers first. On Linux `confine` binds each to this process, so that all end
 * with it; on macOS a VMM watches a pipe, or is guarded.
 *
 * @throws {SmolvmError} kind `engine` when a program cannot be started; those that were are killed
 */
export function startVmm(
  command: ProcessCommand,
  { helpers = [], network, guarded = false }: VmmParts = {},
): Vmm {
  const started: WatchedProcess[] = [];
  try {
    for (const helper of helpers) started.push(new WatchedProcess(helper.name, helper, "null"));
    const vmm = new WatchedProcess("the VMM", command, "piped");
    return new VmmGroup(vmm, started, network?.take(), guarded ? guardOf(vmm) : undefined);
  } catch (error) {
    for (const helper of started) helper.kill();
    throw error;
  }
}

/** @throws {SmolvmError} kind `engine` when there can be none; then the VMM is killed */
function guardOf(vmm: WatchedProcess): ProcessGuard {
  try {
    return new ProcessGuard(vmm.child.pid);
  } catch (error) {
    vmm.kill();
    throw error;
  }
}

class VmmGroup implements Vmm {
  readonly link: Transport;
  readonly network?: Deno.UnixConn;
  readonly ended: Promise<VmmEnd>;
  readonly #vmm: WatchedProcess;
  readonly #helpers: readonly WatchedProcess[];
  readonly #guard: ProcessGuard | undefined;
  /** Whether the end was wished for from here. */
  #killed = false;

  constructor(
    vmm: WatchedProcess,
    helpers: readonly WatchedProcess[],
    network: Deno.UnixConn | undefined,
    guard: ProcessGuard | undefined,
  ) {
    this.#vmm = vmm;
    this.#helpers = helpers;
    this.#guard = guard;
    this.link = stdioTransport(vmm.child);
    if (network) this.network = network;
    this.ended = this.#awaitEnd();
  }

  get pid(): number {
    return this.#vmm.child.pid;
  }

  consoleTail(lines: number): string {
    return this.#vmm.tail.lines(lines).join("\n");
  }

  kill(): void {
    this.#killed = true;
    this.#killAll();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.kill();
    this.link.close();
    await this.ended;
    this.#closeNetwork();
  }

  #closeNetwork(): void {
    try {
      this.network?.close();
    } catch {
      // Whoever takes the frames has closed it.
    }
  }

  #killAll(): void {
    for (const member of [this.#vmm, ...this.#helpers]) member.kill();
  }

  async #awaitEnd(): Promise<VmmEnd> {
    const first = await Promise.race([this.#vmm, ...this.#helpers].map((one) => one.ended.then(() => one)));
    const blamed = first === this.#vmm || this.#killed ? undefined : first;
    if (blamed) await withinDeadline(this.#vmm.ended, GRACE_MILLISECONDS);
    this.#killAll();
    const [end] = await Promise.all([this.#vmm.ended, ...this.#helpers.map(({ ended }) => ended)]);
    await this.#guard?.[Symbol.asyncDispose]();
    if (!blamed || end.code === 0) return end;
    return { ...end, reason: whyEnded(blamed, await blamed.ended) };
  }
}

/** `the file server ended with exit code 3 (cannot open /data: permission denied)` */
function whyEnded({ name, tail }: WatchedProcess, { code, signal }: ProcessEnd): string {
  const how = signal === null ? `ended with exit code ${code}` : `was ended by ${signal}`;
  const [line] = tail.lines(1);
  return `${name} ${how}${line === undefined ? "" : ` (${line})`}`;
}
