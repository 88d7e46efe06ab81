/**
 * Reaches the supervisor of a machine that runs.
 *
 * @module
 */
import { SmolvmError } from "../error.ts";
import type { Paths } from "../host/paths.ts";
import { socketByName } from "../machines/by_name.ts";
import { machineFolder } from "../machines/folder.ts";
import { socketOf } from "../machines/liveness.ts";
import {
  HELLO_FIELDS,
  type SupervisorMessages,
  supervisorProtocol,
} from "../supervisor_protocol/messages.ts";
import { OtherVersion } from "../wire/client_greeting.ts";
import { ClientLink } from "../wire/client_link.ts";
import { unixTransport } from "../wire/unix_transport.ts";

/** How long a supervisor may take to greet, in milliseconds; one that serves many at once is slow. */
const GREETING_MILLISECONDS = 30_000;

/** A link to a supervisor. */
export type SupervisorLink = ClientLink<SupervisorMessages>;

/** A machine, as far as its supervisor is to be reached. */
export interface Reachable {
  /** 12 hex digits. */
  readonly id: string;
  /** For messages. */
  readonly name: string;
}

/**
 * Reaches a running supervisor.
 *
 * @param deadlineMilliseconds how long the supervisor may take to greet
 * @returns its link, `undefined` when none listens
 * @throws {SmolvmError} kind `guest` when one listens and does not answer, or speaks another version of the
 * protocol; kind `state` when the socket cannot be used
 */
export async function connectSupervisor(
  machine: Reachable,
  paths: Paths,
  deadlineMilliseconds = GREETING_MILLISECONDS,
): Promise<SupervisorLink | undefined> {
  return await connectSocket(socketOf(machineFolder(paths, machine.id)), machine.name, deadlineMilliseconds);
}

/**
 * Reaches the running supervisor of the machine of a name by the link that the supervisor has made (by_name.ts),
 * without the table of machines.
 *
 * @returns its link; `undefined` when the machine does not run, or runs and has no link: then the table is asked
 * @throws {SmolvmError} as {@linkcode connectSupervisor}; kind `usage` when nothing can have that name
 */
export async function connectByName(
  name: string,
  paths: Paths,
  deadlineMilliseconds = GREETING_MILLISECONDS,
): Promise<SupervisorLink | undefined> {
  const socket = socketByName(paths, name);
  return socket === undefined ? undefined : await connectSocket(socket, name, deadlineMilliseconds);
}

async function connectSocket(
  path: string,
  name: string,
  deadlineMilliseconds: number,
): Promise<SupervisorLink | undefined> {
  let connection: Deno.UnixConn;
  try {
    connection = await Deno.connect({ transport: "unix", path });
  } catch (cause) {
    if (cause instanceof Deno.errors.NotFound || cause instanceof Deno.errors.ConnectionRefused) {
      return undefined;
    }
    const reason = (cause as Error).message;
    throw new SmolvmError("state", { action: "reach the machine", subject: name, reason, cause });
  }
  try {
    const options = { hello: HELLO_FIELDS, deadlineMilliseconds };
    return await ClientLink.connect(unixTransport(connection), supervisorProtocol, options);
  } catch (cause) {
    throw cause instanceof SmolvmError ? unreached(name, cause) : cause;
  }
}

/** What is said of a supervisor that listens and cannot be talked to. */
export function unreached(name: string, cause: SmolvmError): SmolvmError {
  const force = `smolvm microvm stop --force ${name}`;
  const about = { action: "reach the machine", subject: name, cause } as const;
  if (!(cause.cause instanceof OtherVersion)) {
    return new SmolvmError("guest", {
      ...about,
      reason: "its supervisor does not answer",
      remedy: `try again, or end it with ${force}`,
    });
  }
  const { protocol, version } = cause.cause.theirs;
  const theirs = `smolvm ${version.slice(0, 40)} (supervisor protocol ${protocol})`;
  return new SmolvmError("guest", {
    ...about,
    reason: `it was started by ${theirs}, which this smolvm (${supervisorProtocol.version}) cannot talk to`,
    remedy: `stop it with that smolvm, or end it with ${force}, and start it with this one`,
  });
}
