/**
 * An engine without a VM: a VMM that is an object, a guest that is a function, and the real link between them
 * and the host. A test says what each boot and each program does, and all that a guest can do to its host.
 *
 * @module
 */
import type { Engine, Resumed, Vmm, VmmEnd } from "../../src/engine/engine.ts";
import { SmolvmError } from "../../src/error.ts";
import {
  type GuestMessages,
  guestProtocol,
  type OpenRequest,
  type SessionEvent,
} from "../../src/guest_protocol/messages.ts";
import { serveLink, type ServerStream } from "../../src/wire/server_link.ts";
import { Channel } from "../../src/wire/stream.ts";
import { transportPair } from "./pipe.ts";

/** What a boot comes to. */
export type Boot = "up" | "panic" | "end" | "silence" | "no engine";

/** A request that starts a program. */
export type ProgramRequest = Extract<OpenRequest, { kind: "container" | "exec" | "join" }>;

/** A program in a guest; the test plays it. */
export class StandInProgram {
  readonly request: ProgramRequest;
  readonly stream: ServerStream<GuestMessages>;
  /** Numbers of the signals that it was sent. */
  readonly signals: number[] = [];

  constructor(request: ProgramRequest, stream: ServerStream<GuestMessages>) {
    this.request = request;
    this.stream = stream;
    void this.#listen();
  }

  /** It runs. */
  runs(): this {
    this.stream.send({ kind: "started", pid: 7 });
    return this;
  }

  /** It writes. */
  async prints(text: string, channel: Channel = Channel.stdout): Promise<boolean> {
    return await this.stream.write(channel, new TextEncoder().encode(text));
  }

  /** It ends with a code. */
  exits(code: number): void {
    this.#ends({ kind: "exited", code, signal: null, outOfMemory: false, timedOut: false });
  }

  /** A signal ends it. */
  dies(signal: number, outOfMemory = false): void {
    this.#ends({ kind: "exited", code: null, signal, outOfMemory, timedOut: false });
  }

  /** It never ran. */
  fails(reason: string, exitCode = 127): void {
    const subject = this.request.argv[0] ?? "";
    this.#ends({ kind: "failed", exitCode, reason, subject, step: "exec" });
  }

  /** What it does about a signal; by default it ends by it, and SIGKILL it cannot refuse. */
  onSignal(number: number): void {
    this.dies(number);
  }

  #ends(event: SessionEvent): void {
    this.stream.send(event);
    this.stream.close();
  }

  async #listen(): Promise<void> {
    for (let one = await this.stream.nextMessage(); one; one = await this.stream.nextMessage()) {
      if (one.kind !== "signal") continue;
      this.signals.push(one.signal);
      if (one.signal === 9) this.dies(9);
      else this.onSignal(one.signal);
    }
  }
}

/** What a guest does. */
export interface GuestPlay {
  /** A program is wanted; it runs and goes on unless said otherwise. */
  program?(program: StandInProgram): void;
  /** It was asked to power off; it does unless said otherwise. */
  powerOff?(vmm: StandInVmm): void;
  /** Any other request; it is answered with `done`. */
  other?(request: OpenRequest, stream: ServerStream<GuestMessages>): void;
}

/** A VMM without a VM. */
export class StandInVmm implements Vmm {
  readonly pid: number;
  readonly ended: Promise<VmmEnd>;
  readonly programs: StandInProgram[] = [];
  readonly link;
  /** Whether the guest was asked to power off. */
  askedToPowerOff = false;
  killed = false;
  #console: string[] = [];
  readonly #pair = transportPair();
  readonly #end = Promise.withResolvers<VmmEnd>();

  constructor(pid: number, boot: Boot, play: GuestPlay) {
    this.pid = pid;
    this.link = this.#pair.host;
    this.ended = this.#end.promise;
    if (boot === "panic") this.panics("no init found");
    else if (boot === "end") this.ends(1);
    else if (boot === "up") this.#serve(play);
  }

  #serve(play: GuestPlay): void {
    void serveLink(this.#pair.agent, guestProtocol, {
      hello: () => ({ boot: [] }),
      open: (stream, request) => this.#open(stream, request, play),
    }).catch(() => {});
  }

  /** The VMM process ends. */
  ends(code: number | null, signal: string | null = null): void {
    this.#end.resolve({ code, signal });
    this.#pair.agent.close();
  }

  /** The guest's kernel panics, which ends the VMM with code 0. */
  panics(reason: string): void {
    this.says(`Kernel panic - not syncing: ${reason}`);
    this.ends(0);
  }

  /** Somebody in the guest switches it off. */
  powersOff(): void {
    this.ends(0);
  }

  /** Adds a line to the console. */
  says(line: string): void {
    this.#console.push(line);
  }

  /** The program that was wanted last. */
  get program(): StandInProgram {
    const last = this.programs.at(-1);
    if (!last) throw new Error("Cannot play a program: none was wanted");
    return last;
  }

  consoleTail(lines: number): string {
    return this.#console.slice(-lines).join("\n");
  }

  kill(): void {
    this.killed = true;
    this.ends(null, "SIGKILL");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.kill();
    await this.ended;
  }

  #open(stream: ServerStream<GuestMessages>, request: OpenRequest, play: GuestPlay): void {
    switch (request.kind) {
      case "container":
      case "exec":
      case "join": {
        const program = new StandInProgram(request, stream);
        this.programs.push(program);
        return play.program ? play.program(program) : void program.runs();
      }
      case "poweroff":
        this.askedToPowerOff = true;
        return play.powerOff ? play.powerOff(this) : this.powersOff();
      default:
        if (play.other) return play.other(request, stream);
        stream.send({ kind: "done" });
        return stream.close();
    }
  }
}

/** An engine that starts stand-ins. */
export class StandInEngine implements Engine {
  readonly name = "qemu";
  readonly emulates = true;
  /** All that were started, in order. */
  readonly vmms: StandInVmm[] = [];
  readonly #boots: Boot[];
  readonly #play: GuestPlay;

  /**
   * @param play what the guests do
   * @param boots what the boots come to, in order; those behind the last come up
   */
  constructor(play: GuestPlay = {}, boots: readonly Boot[] = []) {
    this.#play = play;
    this.#boots = [...boots];
  }

  /** The VMM that was started last. */
  get vmm(): StandInVmm {
    const last = this.vmms.at(-1);
    if (!last) throw new Error("Cannot play a VMM: none was started");
    return last;
  }

  probe(): ReturnType<Engine["probe"]> {
    return Promise.resolve({ usable: true, details: "a stand-in" });
  }

  findings(): ReturnType<Engine["findings"]> {
    return Promise.resolve([]);
  }

  /** Where a test has it: what VMs that go on from a template come to. */
  resume?: () => Promise<Resumed | undefined>;

  start(): Promise<StandInVmm> {
    const boot = this.#boots.shift() ?? "up";
    if (boot === "no engine") {
      const words = { action: "start the VMM", subject: "stand-in", reason: "no such file" };
      return Promise.reject(new SmolvmError("engine", words));
    }
    const vmm = new StandInVmm(this.vmms.length + 1, boot, this.#play);
    this.vmms.push(vmm);
    return Promise.resolve(vmm);
  }
}
