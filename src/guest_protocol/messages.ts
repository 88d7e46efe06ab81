/**
 * What host and agent say to each other, and the schemas by which each end judges the other's messages.
 * docs/protocol.md is the specification; how the messages travel is src/wire's.
 *
 * @module
 */
import * as v from "valibot";
import { greetingSchema, type Protocol } from "../wire/protocol.ts";
import { containerId, count, programWords, sha256, text, words } from "./fields.ts";
import { disks, shares } from "./mounts.ts";
import { networkFilesSchema, networkSchema } from "./network.ts";

/** Version of frames and messages together; a peer with another one is refused. */
export const PROTOCOL_VERSION = 1;

/** First message of a link, from the host. */
export const helloSchema = v.object({
  ...greetingSchema.entries,
  /** Host clock, milliseconds since the Unix epoch: the guest has no clock of its own. */
  clock: count,
  /** Name of the VM, its hostname. */
  hostname: text,
  /** 64 random bytes in hex, for the kernel's generator: VMs that were saved as one are in the same state. */
  entropy: v.optional(v.pipe(v.string(), v.regex(/^[0-9a-f]{128}$/))),
  /** Absent: there is no network card. Agents of before ignore it; each boots with the host's own. */
  network: v.optional(networkSchema),
  /** The agent writes what each session passes, and when, to the console. Agents of before ignore it. */
  steps: v.optional(v.boolean()),
  /** This host rehearses in a VM that is to be saved, and ends that with {@linkcode rehearsedSchema}. */
  rehearsal: v.optional(v.literal(true)),
});
export type Hello = v.InferOutput<typeof helloSchema>;

/** The agent's answer. */
export const helloAckSchema = v.object({
  ...greetingSchema.entries,
  /** Milliseconds from the kernel's start to each step of the guest's boot, in order. */
  boot: v.pipe(v.array(v.object({ step: text, at: v.number() })), v.maxLength(64)),
});
export type HelloAck = v.InferOutput<typeof helloAckSchema>;

/** A limit; -1: none. */
const limit = v.pipe(v.number(), v.integer(), v.minValue(-1), v.maxValue(Number.MAX_SAFE_INTEGER));

/** Lines and columns of a terminal, in characters. */
const terminalSize = {
  rows: v.pipe(count, v.maxValue(0xffff)),
  columns: v.pipe(count, v.maxValue(0xffff)),
};

/** A terminal: its size, and what kind it is (TERM) where neither an image nor the user says. */
const terminalSchema = v.object({ ...terminalSize, type: v.pipe(text, v.maxLength(64)) });
export type TerminalRequest = v.InferOutput<typeof terminalSchema>;

/** A terminal's size. */
export type TerminalSize = Pick<TerminalRequest, "rows" | "columns">;

/** How a program is started; {@linkcode containerSchema} and {@linkcode execSchema} share it. */
const program = {
  /**
   * Program and arguments; argv[0] is looked up in PATH of `env` unless it holds a slash. None, where there is a
   * terminal: the user's shell by the root's own passwd.
   */
  argv: programWords,
  /** K=V words; the agent adds PATH and HOME where they are missing, as Docker does. */
  env: programWords,
  /** Absolute working directory, made if absent; empty: `/`. */
  cwd: text,
  /** USER[:GROUP] by name or number, resolved in the root's own passwd and group; empty: 0:0. */
  user: text,
  /** Whether stdin comes over the stream; else it is /dev/null. */
  stdin: v.boolean(),
  /** Kill the program's whole process group or cgroup after this long; 0: never. */
  timeoutMilliseconds: count,
  /**
   * Host clock, milliseconds since the Unix epoch: a guest that stood still, as a host's does that sleeps, is late.
   * Absent from hosts of before this field; agents of before ignore it.
   */
  clock: v.optional(count),
  /**
   * The program's streams are a terminal, which is its controlling terminal: what it says comes on
   * stdout, what it writes to stderr too. Absent: pipes.
   */
  terminal: v.optional(terminalSchema),
};

/** Opens a session that runs a program in the VM's own root. */
export const execSchema = v.object({ kind: v.literal("exec"), ...program });
export type ExecRequest = v.InferOutput<typeof execSchema>;

/** Opens a session that makes a container of an image, runs it, and removes it at its end. */
export const containerSchema = v.object({
  kind: v.literal("container"),
  ...program,
  argv: v.pipe(programWords, v.minLength(1)),
  id: containerId,
  /** Where the image is: a block device (`vdb`, without `/dev/`), or the digest of one that was sent before. */
  image: v.pipe(v.string(), v.regex(/^(vd[a-z]|[0-9a-f]{64})$/)),
  hostname: text,
  /** Absolute paths that are volumes: ext4 directories that start as copies of what the image has there. */
  volumes: words,
  /** Keep the writable layer at its end, so that a container of the same id goes on where this one ended. */
  keep: v.boolean(),
  /** Run a small init as process 1 of the container, which forwards signals and reaps. */
  init: v.boolean(),
  /** memory.max of the container's cgroup in bytes; 0 or absent: what the VM has, less the agent's reserve. */
  memoryBytes: v.optional(count),
  /** pids.max of the container's cgroup; 0 or absent: the agent's default; -1: none. */
  pids: v.optional(limit),
  /** The root, and the generated files in /etc, cannot be written to. */
  readOnly: v.optional(v.boolean()),
  /** Filesystems in memory: nosuid, nodev and noexec, and then what the options say (`exec`, `size=64m`). */
  tmpfs: v.optional(v.pipe(
    v.array(v.object({ path: v.pipe(text, v.regex(/^\//)), options: words })),
    v.maxLength(64),
  )),
  /** Capabilities beyond Docker's: `CAP_NET_ADMIN`, `ALL`. */
  capAdd: v.optional(words),
  /** Capabilities of Docker's that are taken away; one that is in both lists is added. */
  capDrop: v.optional(words),
  /** Limits of its processes (getrlimit(2)) in place of Docker's, by names like `nofile`; -1: unlimited. */
  ulimits: v.optional(v.pipe(v.array(v.object({ name: text, soft: limit, hard: limit })), v.maxLength(64))),
  /** Size of /dev/shm in bytes; absent: 64 MiB. */
  shmBytes: v.optional(v.pipe(count, v.minValue(1))),
  /** Shares in it; absent: none. */
  shares: v.optional(shares),
  /** Volumes in it that are disks; absent: none. */
  disks: v.optional(disks),
  /** It shares the VM's network; absent: a network of its own with nothing but loopback. */
  network: v.optional(networkFilesSchema),
});
export type ContainerRequest = v.InferOutput<typeof containerSchema>;

/** Opens a session that runs a program in a container that runs: its namespaces, cgroup and root. */
export const joinSchema = v.object({ kind: v.literal("join"), container: containerId, ...program });
export type JoinRequest = v.InferOutput<typeof joinSchema>;

/** Removes what a container that was kept left on the storage; answered by `done`. */
export const removeSchema = v.object({ kind: v.literal("remove"), container: containerId });

/**
 * Brings an image onto the storage. Answered by an `image` event; when the image is not there its bytes
 * follow on stdin, and a second event says that they are, whole.
 */
export const imageSchema = v.object({
  kind: v.literal("image"),
  /** Hex digits of the image's id. */
  image: sha256,
  /** Size and digest of its EROFS file. */
  bytes: count,
  sha256,
});
export type ImageRequest = v.InferOutput<typeof imageSchema>;

/** Removes the images on the storage that are not to be kept and that nothing uses; answered by `pruned`. */
export const pruneSchema = v.object({
  kind: v.literal("prune"),
  /** Hex digits of ids. */
  keep: v.pipe(v.array(sha256), v.maxLength(4_096)),
});
export type PruneRequest = v.InferOutput<typeof pruneSchema>;

/** Ends the VM: ends all sessions, syncs, unmounts, powers off. The stream ends when the VM does. */
export const poweroffSchema = v.object({ kind: v.literal("poweroff") });

/** Ends a rehearsal: the agent gives its disks back, as before the hello, and forgets it; answered by `done`. */
export const rehearsedSchema = v.object({ kind: v.literal("rehearsed") });

/** Facts about the agent and the guest, answered by one `status` event. */
export const statusSchema = v.object({ kind: v.literal("status") });

/**
 * Opens a session that is one connection to a server of the guest; answered by `connected`, or by `failed` when
 * none listens. Then stdin and stdout carry its bytes, or its datagrams (src/wire/datagrams.ts), an `end` each way
 * is its half-close, and `failed` behind `connected` is the server's reset.
 */
export const connectSchema = v.object({
  kind: v.literal("connect"),
  protocol: v.picklist(["tcp", "udp"]),
  port: v.pipe(count, v.minValue(1), v.maxValue(65_535)),
  /** The container that is tried first; then the VM's own root is, and then all other containers. */
  container: v.optional(containerId),
});
export type ConnectRequest = v.InferOutput<typeof connectSchema>;

/** Has shares and volumes in the VM's own root; answered by `done`. */
export const shareOpenSchema = v.object({ kind: v.literal("share"), shares, disks: v.optional(disks) });
export type ShareOpen = v.InferOutput<typeof shareOpenSchema>;

/** First control message of every stream, from the host. */
export const openSchema = v.variant("kind", [
  execSchema,
  containerSchema,
  poweroffSchema,
  rehearsedSchema,
  statusSchema,
  joinSchema,
  removeSchema,
  imageSchema,
  pruneSchema,
  connectSchema,
  shareOpenSchema,
]);
export type OpenRequest = v.InferOutput<typeof openSchema>;

/** Later control messages of a stream, host to agent. */
export const requestSchema = v.variant("kind", [
  /** Send a signal, by number (1 to 64), to the program: process 1 of a container, else its process group. */
  v.object({
    kind: v.literal("signal"),
    signal: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(64)),
  }),
  /** The program's terminal has another size now. */
  v.object({ kind: v.literal("resize"), ...terminalSize }),
]);
export type SessionRequest = v.InferOutput<typeof requestSchema>;

/** A program runs; `pid` is in the VM's pid namespace. */
export const startedSchema = v.object({ kind: v.literal("started"), pid: count });

/** A program ended; all its output was sent before. Exactly one of `code` and `signal` is not null. */
export const exitedSchema = v.object({
  kind: v.literal("exited"),
  code: v.nullable(v.number()),
  signal: v.nullable(v.number()),
  /** The kernel killed it for want of memory. */
  outOfMemory: v.boolean(),
  /** `timeoutMilliseconds` ended it. */
  timedOut: v.boolean(),
});

/** A program never ran, or another session's work could not be done. */
export const failedSchema = v.object({
  kind: v.literal("failed"),
  /** 125 smolvm or the plan, 126 not executable, 127 not found. */
  exitCode: v.number(),
  /** A clause for people: `no such file or directory`, `no user "x" in /etc/passwd`. */
  reason: text,
  /** What it was about: a program, a path, a user; may be empty. */
  subject: text,
  /** Step of the launch that failed: `exec`, `mount /proc`; may be empty. */
  step: text,
});

/** The answer to `status`. */
export const statusEventSchema = v.object({
  kind: v.literal("status"),
  /** Resident and anonymous memory of the agent, bytes. */
  agentResidentBytes: count,
  agentAnonymousBytes: count,
  memoryTotalBytes: count,
  memoryAvailableBytes: count,
  /** Seconds since the kernel started. */
  uptime: v.number(),
  sessions: count,
});

/** What was asked for is done. */
export const doneSchema = v.object({ kind: v.literal("done") });

/** The answer to `image`: whether the image is on the storage, whole. */
export const imageEventSchema = v.object({ kind: v.literal("image"), present: v.boolean() });

/** The answer to `prune`. */
export const prunedSchema = v.object({
  kind: v.literal("pruned"),
  /** Hex digits of the ids that are gone. */
  images: v.pipe(v.array(sha256), v.maxLength(4_096)),
  bytes: count,
});

/** The server of a `connect` session has taken the connection. */
export const connectedSchema = v.object({ kind: v.literal("connected") });

/** Control messages of a stream, agent to host. A program's session has `started` and then `exited`; every other has one. */
export const eventSchema = v.variant("kind", [
  startedSchema,
  exitedSchema,
  failedSchema,
  statusEventSchema,
  doneSchema,
  imageEventSchema,
  prunedSchema,
  connectedSchema,
]);
export type SessionEvent = v.InferOutput<typeof eventSchema>;

/** What the agent takes in an open beyond the first agents of this version, as the option is called that asks for it. */
export const GUEST_FEATURES = [
  "tty",
  "read-only",
  "tmpfs",
  "cap-add",
  "cap-drop",
  "ulimit",
  "shm-size",
  "pids-limit",
  "network",
  "volume",
] as const;
type GuestFeature = typeof GUEST_FEATURES[number];

/** Fields of opens that agents of before passed over, each with its feature. */
const featureOfField: Readonly<Record<string, GuestFeature>> = {
  terminal: "tty",
  readOnly: "read-only",
  tmpfs: "tmpfs",
  capAdd: "cap-add",
  capDrop: "cap-drop",
  ulimits: "ulimit",
  shmBytes: "shm-size",
  network: "network",
  disks: "volume",
};

/** Which of {@linkcode GUEST_FEATURES} an open needs. */
export function featuresOf(open: { readonly kind: string }): readonly GuestFeature[] {
  const given = Object.entries(open).flatMap(([field, value]) => {
    const feature = Object.hasOwn(featureOfField, field) ? featureOfField[field] : undefined;
    return feature !== undefined && value !== undefined ? [feature] : [];
  });
  return "pids" in open && open.pids === -1 ? [...given, "pids-limit"] : given;
}

/** The types of the guest protocol's messages, for src/wire. */
export interface GuestMessages {
  readonly hello: Hello;
  readonly ack: HelloAck;
  readonly open: OpenRequest;
  readonly request: SessionRequest;
  readonly event: SessionEvent;
}

/** The guest protocol: the host is the client, the agent the server. */
export const guestProtocol: Protocol<GuestMessages> = {
  version: PROTOCOL_VERSION,
  server: "the agent",
  hello: helloSchema,
  ack: helloAckSchema,
  open: openSchema,
  request: requestSchema,
  event: eventSchema,
  features: GUEST_FEATURES,
  needs: featuresOf,
};
