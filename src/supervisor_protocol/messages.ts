/**
 * What a client and a machine's supervisor say to each other, and the schemas by which each end judges the
 * other's messages. Some requests the supervisor answers itself; those of the guest protocol that are listed
 * here go on to the agent. What only the supervisor may ask of the agent (`poweroff`, `container`, `image`) is
 * not in the list, so the schema refuses a client that sends such a request.
 *
 * @module
 */
import * as v from "valibot";
import { containerId, count, text } from "../guest_protocol/fields.ts";
import {
  doneSchema,
  execSchema,
  exitedSchema,
  failedSchema,
  featuresOf,
  GUEST_FEATURES,
  joinSchema,
  prunedSchema,
  pruneSchema,
  removeSchema,
  requestSchema,
  type SessionRequest,
  startedSchema,
  statusEventSchema,
  statusSchema,
} from "../guest_protocol/messages.ts";
import { greetingSchema, type Protocol } from "../wire/protocol.ts";

/** Version of frames and messages together; a peer with another one is refused. */
export const SUPERVISOR_PROTOCOL_VERSION = 1;

/**
 * First message of a link, from the client. `clock` and `hostname` mean nothing: the first supervisors spoke
 * the guest protocol, do not answer a hello without them, and may run for months after an upgrade.
 */
export const supervisorHelloSchema = v.object({
  ...greetingSchema.entries,
  clock: v.optional(count),
  hostname: v.optional(text),
});

/** The fields that a client of this version sends for the first supervisors' sake. */
export const HELLO_FIELDS = { clock: 0, hostname: "" } as const;

/** The supervisor's answer. `boot` means nothing: the first clients do not accept an answer without it. */
export const supervisorAckSchema = v.object({
  ...greetingSchema.entries,
  boot: v.optional(v.pipe(v.array(v.unknown()), v.maxLength(64))),
});

/** The fields that a supervisor of this version sends for the first clients' sake. */
export const ACK_FIELDS: { readonly boot: [] } = { boot: [] };

/** What a supervisor takes beyond those of before: the opens of these kinds. */
const OWN_FEATURES: readonly string[] = ["attach", "kill", "set-network", "enter"];

/** What runs there; answered by one `machine` event. */
export const describeSchema = v.object({ kind: v.literal("describe") });

/**
 * Ends the machine. Its command gets the image's stop signal and, after so long, SIGKILL; answered by a
 * `stopped` event when the VM is gone.
 */
export const stopSchema = v.object({ kind: v.literal("stop"), timeoutMilliseconds: count });

/** Waits for the end of the machine's command; answered as a session of that command is. */
export const waitSchema = v.object({ kind: v.literal("wait") });

/**
 * Joins the client to the machine's command, or to a container: first the last lines of its log, then what it prints,
 * on stdout and stderr; what comes on stdin is typed into it where it takes input. `signal` and `resize` go to it.
 * Answered at its end as a session of it is. A client that leaves ends nothing.
 */
export const attachSchema = v.object({
  kind: v.literal("attach"),
  /** Absent: the machine's command. */
  container: v.optional(containerId),
  /** How many lines of the log are wanted first. */
  lines: v.pipe(count, v.maxValue(10_000)),
  /** Only of what was printed from then on, milliseconds since the Unix epoch; 0: all that is kept. */
  since: v.optional(count),
});
export type AttachRequest = v.InferOutput<typeof attachSchema>;

/** Starts a container of the machine's records; answered by `done` when it runs, or by `failed`. */
export const startContainerSchema = v.object({ kind: v.literal("start-container"), container: containerId });

/** Stops a container as `stop` does the machine; answered by `done` when it has ended. */
export const stopContainerSchema = v.object({
  kind: v.literal("stop-container"),
  container: containerId,
  timeoutMilliseconds: count,
});

/** Sends a signal to the machine's command or to a container; answered by `done`, after SIGKILL when a container ended. */
export const killSchema = v.object({
  kind: v.literal("kill"),
  /** Absent: the machine's command. */
  container: v.optional(containerId),
  signal: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(64)),
});

/**
 * A `join` of a container by its name, or by its whole id, in its own folder and as its own user unless it says otherwise. Where
 * none of that name runs the stream is reset with {@linkcode NOT_HERE}, and nothing was done.
 */
export const enterSchema = v.object({
  ...joinSchema.entries,
  kind: v.literal("enter"),
  container: v.pipe(text, v.maxLength(64)),
});
export type EnterRequest = v.InferOutput<typeof enterSchema>;

/** Why an `enter` was reset: whoever asked has the table of containers, and says what there is to say. */
export const NOT_HERE = "no such container runs";

const networkWords = v.pipe(v.array(v.pipe(text, v.maxLength(512))), v.maxLength(1_024));

/** Has another network count, for the flows that are open too; answered by `done`. */
export const setNetworkSchema = v.object({
  kind: v.literal("set-network"),
  network: v.object({
    reach: v.picklist(["all", "public", "rules"]),
    allowHosts: networkWords,
    allowCidrs: networkWords,
    denyCidrs: networkWords,
    allowLoopback: networkWords,
    dns: networkWords,
    addHosts: networkWords,
    /** Names of secrets and their hosts; absent: a client of before, whose machines have none. */
    secrets: v.optional(networkWords),
  }),
});

/** Requests of the guest protocol that a supervisor hands on to the agent. */
export const forwardedSchema = v.variant("kind", [
  execSchema,
  joinSchema,
  statusSchema,
  removeSchema,
  pruneSchema,
]);
export type ForwardedRequest = v.InferOutput<typeof forwardedSchema>;

/** First message of every stream, from the client. */
export const supervisorOpenSchema = v.variant("kind", [
  describeSchema,
  stopSchema,
  waitSchema,
  attachSchema,
  startContainerSchema,
  stopContainerSchema,
  killSchema,
  setNetworkSchema,
  enterSchema,
  forwardedSchema,
]);
export type SupervisorRequest = v.InferOutput<typeof supervisorOpenSchema>;

/** Answers of the agent that a supervisor hands on to the client. */
export const forwardedEventSchema = v.variant("kind", [
  startedSchema,
  exitedSchema,
  failedSchema,
  statusEventSchema,
  doneSchema,
  prunedSchema,
]);
export type ForwardedEvent = v.InferOutput<typeof forwardedEventSchema>;

/** A published port. Address: of the host, empty for both loopbacks. */
export const portSchema = v.object({
  address: text,
  host: count,
  guest: count,
  protocol: v.picklist(["tcp", "udp"]),
});

/** The answer to `describe`. */
export const machineSchema = v.object({
  kind: v.literal("machine"),
  /** Process id of the VMM; 0 between two VMs. */
  vmm: count,
  /** When the VM started, milliseconds since the Unix epoch. */
  startedAt: count,
  /** How often the machine's command was started again. */
  restarts: count,
  /** Ports that are published, with those of the host that were chosen; absent: an older supervisor, without any. */
  ports: v.optional(v.pipe(v.array(portSchema), v.maxLength(4_096))),
  /** What its network did since the VM began; absent: it has none, or an older supervisor. */
  network: v.optional(v.object({ open: count, allowed: count, denied: count, sent: count, received: count })),
  /** Whether the machine was asked to end, and its command has still time for that. */
  stopping: v.boolean(),
});

/** The answer to `stop`: the VM is gone. */
export const stoppedSchema = v.object({ kind: v.literal("stopped") });

/** Messages of a stream, supervisor to client. */
export const supervisorEventSchema = v.variant("kind", [machineSchema, stoppedSchema, forwardedEventSchema]);
export type SupervisorEvent = v.InferOutput<typeof supervisorEventSchema>;

/** The types of the supervisor protocol's messages, for src/wire. */
export interface SupervisorMessages {
  readonly hello: v.InferOutput<typeof supervisorHelloSchema>;
  readonly ack: v.InferOutput<typeof supervisorAckSchema>;
  readonly open: SupervisorRequest;
  readonly request: SessionRequest;
  readonly event: SupervisorEvent;
}

/** The supervisor protocol: a command of smolvm is the client, the machine's supervisor the server. */
export const supervisorProtocol: Protocol<SupervisorMessages> = {
  version: SUPERVISOR_PROTOCOL_VERSION,
  server: "the supervisor",
  hello: supervisorHelloSchema,
  ack: supervisorAckSchema,
  open: supervisorOpenSchema,
  request: requestSchema,
  event: supervisorEventSchema,
  // A supervisor's agent is of the same smolvm.
  features: [...GUEST_FEATURES, ...OWN_FEATURES],
  needs: (open) => OWN_FEATURES.includes(open.kind) ? [open.kind] : featuresOf(open),
};
