/**
 * What a client of a supervisor can ask for: one handler for each kind of session, and all others are the
 * guest's, to which they are joined.
 *
 * @module
 */
import { SmolvmError } from "../error.ts";
import {
  type EnterRequest,
  type ForwardedRequest,
  NOT_HERE,
  type SupervisorMessages,
  type SupervisorRequest,
} from "../supervisor_protocol/messages.ts";
import type { NetworkTotals } from "../net/service.ts";
import type { ServedPort } from "../ports/published_port.ts";
import type { ProgramHandle } from "../session/program_handle.ts";
import type { RunningVm } from "../vm/running_vm.ts";
import type { ServerStream } from "../wire/server_link.ts";
import { attach, type Attended, passRequests } from "./attachment.ts";
import type { CommandEnd } from "./command.ts";
import type { ContainersService } from "./containers.ts";
import { relay } from "./relay.ts";

/** The reason that is given to sessions which a stop cuts off. */
const BEING_STOPPED = "the machine was stopped";

/** The machine, as far as sessions know it. */
export interface ServedMachine {
  readonly name: string;
  /** Absent between two VMs. */
  readonly vm: RunningVm | undefined;
  /** When the VM was up, milliseconds since the Unix epoch. */
  readonly startedAt: number;
  readonly restarts: number;
  readonly stopping: boolean;
  /** What is published on the host. */
  readonly ports: readonly ServedPort[];
  /** What its network did; absent: it has none. */
  readonly network: NetworkTotals | undefined;
  /** Resolves with the last end of the machine's command when the machine's life is over. */
  readonly commandEnd: Promise<CommandEnd>;
  /** Resolves when nothing of the machine is left. */
  readonly gone: Promise<void>;
  readonly containers: ContainersService;
  stop(patience: number): void;
  /** Variables of a program in the machine's own root, with those of its network. */
  environment(env: readonly string[]): string[];
  /** Has another network count. @returns false where the VM was started without one */
  changeNetwork(network: SetNetwork): boolean;
  /** The machine's command, for clients that are attached to it; absent where the machine has none. */
  readonly attended: Attended | undefined;
}

/** Stands for the command of a machine that has none. */
const nobody: ProgramHandle = { signal: () => {}, resize: () => {} };

/** The network of a `set-network`. */
type SetNetwork = Required<Extract<SupervisorRequest, { kind: "set-network" }>["network"]>;

type SessionStream = ServerStream<SupervisorMessages>;

/** What a supervisor answers itself. */
type OwnRequest = Exclude<SupervisorRequest, ForwardedRequest | EnterRequest>;

type Handlers = {
  readonly [Kind in OwnRequest["kind"]]: (
    stream: SessionStream,
    request: Extract<OwnRequest, { kind: Kind }>,
    machine: ServedMachine,
  ) => void | Promise<void>;
};

const handlers: Handlers = {
  "describe": (stream, _, { vm, startedAt, restarts, stopping, ports, network }) =>
    stream.send({
      kind: "machine",
      vmm: vm?.pid ?? 0,
      startedAt,
      restarts,
      stopping,
      ports: [...ports],
      ...(network && { network }),
    }),

  "stop": async (stream, { timeoutMilliseconds }, machine) => {
    machine.stop(timeoutMilliseconds);
    await machine.gone;
    stream.send({ kind: "stopped" });
  },

  "wait": async (stream, _, machine) => {
    // Supervisors of older versions ignore what comes here.
    void passRequests(stream, machine.attended?.command ?? nobody);
    const end = await machine.commandEnd;
    if (end) stream.send(end);
  },

  "attach": async (stream, { container, lines, since = 0 }, machine) => {
    const selection = { tail: lines, since };
    if (container !== undefined) {
      const end = await machine.containers.attach(
        container,
        (attended) => attach(stream, attended, selection),
      );
      return end && stream.send(end);
    }
    if (!machine.attended) return stream.reset("it has no command of its own");
    using attached = attach(stream, machine.attended, selection);
    const end = await machine.commandEnd;
    await attached.idle();
    if (end) stream.send(end);
  },

  "start-container": async (stream, { container }, { containers }) =>
    stream.send(await containers.startContainer(container) ?? { kind: "done" }),

  "stop-container": async (stream, { container, timeoutMilliseconds }, { containers }) => {
    await containers.stopContainer(container, timeoutMilliseconds);
    stream.send({ kind: "done" });
  },

  "set-network": (stream, { network }, machine) => {
    if (!machine.changeNetwork({ ...network, secrets: network.secrets ?? [] })) {
      return stream.reset("it was started without a network");
    }
    stream.send({ kind: "done" });
  },

  "kill": async (stream, { container, signal }, machine) => {
    if (container !== undefined) await machine.containers.signalContainer(container, signal);
    else if (machine.attended) machine.attended.command.signal(signal);
    else return stream.reset("it has no command of its own");
    stream.send({ kind: "done" });
  },
};

/** Serves one session of a client to its end; never rejects. */
export async function serveSession(
  stream: SessionStream,
  request: SupervisorRequest,
  machine: ServedMachine,
): Promise<void> {
  try {
    if (request.kind === "enter") return await enter(stream, request, machine);
    if (!isOwn(request)) return await forward(stream, request, machine);
    const handler: Handlers[OwnRequest["kind"]] = handlers[request.kind];
    await handler(stream, request as never, machine);
    stream.close();
  } catch (error) {
    if (!(error instanceof SmolvmError)) return stream.reset(String(error));
    stream.reset(error.remedy === undefined ? error.reason : `${error.reason}; ${error.remedy}`);
  }
}

/** Joins the session to the container that it names. */
async function enter(
  stream: SessionStream,
  { container: word, ...program }: EnterRequest,
  machine: ServedMachine,
): Promise<void> {
  const found = machine.containers.find(word);
  if (!found) return stream.reset(NOT_HERE);
  const { cwd, user } = found.command;
  const own = { cwd: program.cwd || cwd, user: program.user || user };
  await forward(stream, { ...program, ...own, kind: "join", container: found.id }, machine);
}

function isOwn(request: SupervisorRequest): request is OwnRequest {
  return Object.hasOwn(handlers, request.kind);
}

/** Joins the session to one of the guest's agent. */
async function forward(
  stream: SessionStream,
  request: ForwardedRequest,
  machine: ServedMachine,
): Promise<void> {
  if (machine.stopping && request.kind !== "status") return stream.reset(BEING_STOPPED);
  if (!machine.vm) return stream.reset("the VM is starting again");
  // A container's programs have the variables of the container.
  const own = request.kind === "exec" ? { ...request, env: machine.environment(request.env) } : request;
  await relay(stream, machine.vm.open(own), whyGone(machine.vm, machine));
}

async function whyGone(vm: RunningVm, machine: ServedMachine): Promise<string | undefined> {
  const why = await vm.whyEnded();
  if (machine.stopping) return BEING_STOPPED;
  return why && `${why}; look at smolvm microvm logs --console ${machine.name}`;
}
