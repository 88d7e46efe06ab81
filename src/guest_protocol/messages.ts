/**
 * The control messages of the guest protocol and the schemas that judge them, on both sides of the link.
 * Frames, credit and streams are in frames.ts and link.ts; docs/protocol.md is the specification.
 *
 * @module
 */
import * as v from "valibot";

/** Version of frames and messages together; a peer with another one is refused. */
export const PROTOCOL_VERSION = 1;

/** Longest string of any message, in characters. */
const text = v.pipe(v.string(), v.maxLength(32_768));
const words = v.pipe(v.array(text), v.maxLength(4_096));
const count = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(Number.MAX_SAFE_INTEGER));

/** 12 lower-case hex digits, unique in the VM. */
const containerId = v.pipe(v.string(), v.regex(/^[0-9a-f]{12}$/));
const sha256 = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/));

/** First message of a link, from the host. */
export const helloSchema = v.object({
  /** {@linkcode PROTOCOL_VERSION} of the host. */
  protocol: count,
  /** 32 hex digits, new for each hello; the answer repeats it. */
  nonce: v.pipe(v.string(), v.regex(/^[0-9a-f]{32}$/)),
  /** Version of the host's smolvm. */
  version: text,
  /** Host clock, milliseconds since the Unix epoch: the guest has no clock of its own. */
  clock: count,
  /** Name of the VM, its hostname. */
  hostname: text,
});
export type Hello = v.InferOutput<typeof helloSchema>;

/** The agent's answer. */
export const helloAckSchema = v.object({
  protocol: count,
  nonce: text,
  version: text,
  /** Milliseconds from the kernel's start to each step of the guest's boot, in order. */
  boot: v.pipe(v.array(v.object({ step: text, at: v.number() })), v.maxLength(64)),
});
export type HelloAck = v.InferOutput<typeof helloAckSchema>;

/** How a program is started; {@linkcode containerSchema} and {@linkcode execSchema} share it. */
const program = {
  /** Program and arguments; argv[0] is looked up in PATH of `env` unless it holds a slash. */
  argv: v.pipe(v.array(text), v.minLength(1), v.maxLength(65_536)),
  /** K=V words; the agent adds PATH and HOME where they are missing, as Docker does. */
  env: words,
  /** Absolute working directory, made if absent; empty: `/`. */
  cwd: text,
  /** USER[:GROUP] by name or number, resolved in the root's own passwd and group; empty: 0:0. */
  user: text,
  /** Whether stdin comes over the stream; else it is /dev/null. */
  stdin: v.boolean(),
  /** Kill the program's whole process group or cgroup after this long; 0: never. */
  timeoutMilliseconds: count,
};

/** Opens a session that runs a program in the VM's own root. */
export const execSchema = v.object({ kind: v.literal("exec"), ...program });
export type ExecRequest = v.InferOutput<typeof execSchema>;

/** Opens a session that makes a container of an image, runs it, and removes it at its end. */
export const containerSchema = v.object({
  kind: v.literal("container"),
  ...program,
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
  /** pids.max of the container's cgroup; 0 or absent: the agent's default. */
  pids: v.optional(count),
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

/** Facts about the agent and the guest, answered by one `status` event. */
export const statusSchema = v.object({ kind: v.literal("status") });

/** Supervisor of a VM that stays: what runs there, answered by one `machine` event. */
export const describeSchema = v.object({ kind: v.literal("describe") });

/**
 * Supervisor: ends the VM. Its command gets the image's stop signal and, after so long, SIGKILL; answered by
 * a `stopped` event when the VM is gone.
 */
export const stopSchema = v.object({ kind: v.literal("stop"), timeoutMilliseconds: count });

/** Supervisor: waits for the end of the VM's own command, answered as a session of that command is. */
export const waitSchema = v.object({ kind: v.literal("wait") });

/** Supervisor: starts a container of its records; answered by `done` when it runs, or by `failed`. */
export const startContainerSchema = v.object({ kind: v.literal("start-container"), container: containerId });

/** Supervisor: stops a container as `stop` does a VM; answered by `done` when it has ended. */
export const stopContainerSchema = v.object({
  kind: v.literal("stop-container"),
  container: containerId,
  timeoutMilliseconds: count,
});

/** First control message of every stream, from the host. */
export const openSchema = v.variant("kind", [
  execSchema,
  containerSchema,
  poweroffSchema,
  statusSchema,
  joinSchema,
  removeSchema,
  imageSchema,
  pruneSchema,
  describeSchema,
  stopSchema,
  waitSchema,
  startContainerSchema,
  stopContainerSchema,
]);
export type OpenRequest = v.InferOutput<typeof openSchema>;

/** Later control messages of a stream, host to agent. */
export const requestSchema = v.variant("kind", [
  /** Send a signal, by number (1 to 64), to the program: process 1 of a container, else its process group. */
  v.object({
    kind: v.literal("signal"),
    signal: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(64)),
  }),
]);
export type SessionRequest = v.InferOutput<typeof requestSchema>;

/** Control messages of a stream, agent to host. The last one is `exited`, `failed` or `status`. */
export const eventSchema = v.variant("kind", [
  /** The program runs; `pid` is in the VM's pid namespace. */
  v.object({ kind: v.literal("started"), pid: count }),
  /** The program ended; all its output was sent before. Exactly one of `code` and `signal` is not null. */
  v.object({
    kind: v.literal("exited"),
    code: v.nullable(v.number()),
    signal: v.nullable(v.number()),
    /** The kernel killed it for want of memory. */
    outOfMemory: v.boolean(),
    /** `timeoutMilliseconds` ended it. */
    timedOut: v.boolean(),
  }),
  /** The program never ran. */
  v.object({
    kind: v.literal("failed"),
    /** 125 smolvm or the plan, 126 not executable, 127 not found. */
    exitCode: v.number(),
    /** A clause for people: `no such file or directory`, `no user "x" in /etc/passwd`. */
    reason: text,
    /** What it was about: a program, a path, a user; may be empty. */
    subject: text,
    /** Step of the launch that failed: `exec`, `mount /proc`; may be empty. */
    step: text,
  }),
  v.object({
    kind: v.literal("status"),
    /** Resident and anonymous memory of the agent, bytes. */
    agentResidentBytes: count,
    agentAnonymousBytes: count,
    memoryTotalBytes: count,
    memoryAvailableBytes: count,
    /** Seconds since the kernel started. */
    uptime: v.number(),
    sessions: count,
  }),
  v.object({
    kind: v.literal("machine"),
    /** Process id of the VMM. */
    vmm: count,
    /** When it started, milliseconds since the Unix epoch. */
    startedAt: count,
    /** How often its command was started again. */
    restarts: count,
    /** Whether it was asked to end, and its command has still time for that. */
    stopping: v.boolean(),
  }),
  v.object({ kind: v.literal("stopped") }),
  v.object({ kind: v.literal("done") }),
  v.object({ kind: v.literal("image"), present: v.boolean() }),
  v.object({
    kind: v.literal("pruned"),
    /** Hex digits of the ids that are gone. */
    images: v.pipe(v.array(sha256), v.maxLength(4_096)),
    bytes: count,
  }),
]);
export type SessionEvent = v.InferOutput<typeof eventSchema>;
