/**
 * One program as a service of a VM that lives for nothing else: what `microvm run` runs.
 *
 * @module
 */
import { type Clock, systemClock } from "../async/clock.ts";
import type { ContainerRequest, SessionEvent } from "../guest_protocol/messages.ts";
import { debug } from "../log.ts";
import { type ProgramHandle, programOf } from "../session/program_handle.ts";
import { joinSession, type SessionStreams } from "../session/session_streams.ts";
import type { RunningVm } from "./running_vm.ts";
import type { Service, ServiceEnd } from "./service.ts";

/** How long the agent may take beyond the program's own time limit before the VM is ended from here. */
const TIMEOUT_GRACE_MILLISECONDS = 5_000;

/** The end that is reported of a program which the agent did not end at its time limit. */
const timedOut = {
  kind: "exited",
  code: null,
  signal: 9,
  outOfMemory: false,
  timedOut: true,
} as const satisfies SessionEvent;

/** What the program is run with. */
export interface ProgramContext {
  readonly streams: SessionStreams;
  /** Called once the program can be sent signals. */
  opened?(program: ProgramHandle): void;
  readonly clock?: Clock;
}

/** The program. */
export class OneProgram implements Service {
  readonly name = "program";
  readonly #request: ContainerRequest;
  readonly #context: ProgramContext;
  readonly #over = new AbortController();
  #session: Promise<SessionEvent | undefined> = Promise.resolve(undefined);
  #end: SessionEvent | undefined;

  constructor(request: ContainerRequest, context: ProgramContext) {
    this.#request = request;
    this.#context = context;
  }

  /** The last event of the program's session, `undefined` when the session was cut off. */
  get end(): SessionEvent | undefined {
    return this.#end;
  }

  start(vm: RunningVm): Promise<void> {
    const { streams, opened } = this.#context;
    const stream = vm.open(this.#request);
    opened?.(programOf(stream));
    debug("session open");
    this.#session = joinSession(stream, streams);
    this.#session.catch(() => {});
    return Promise.resolve();
  }

  async ended(): Promise<ServiceEnd> {
    this.#end = await Promise.race([this.#session, this.#late()]);
    debug("session over", { end: this.#end });
    return this.#end ? "ended" : "cut off";
  }

  close(): void {
    this.#over.abort();
  }

  /** The agent ends the program at its time limit; an agent that does not is not waited for. */
  async #late(): Promise<SessionEvent | undefined> {
    const { timeoutMilliseconds } = this.#request;
    if (timeoutMilliseconds === 0) return await new Promise(() => {});
    const { clock = systemClock } = this.#context;
    await clock.delay(timeoutMilliseconds + TIMEOUT_GRACE_MILLISECONDS, { signal: this.#over.signal });
    return timedOut;
  }
}
