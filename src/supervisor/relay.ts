/**
 * Joins a client's stream with one to the agent: messages and bytes each way. Neither side is sent more than it has
 * given credit for, and the end of one stream ends the other.
 *
 * @module
 */
import { LATE, withinDeadline } from "../async/deadline.ts";
import type { GuestMessages } from "../guest_protocol/messages.ts";
import type { SupervisorMessages } from "../supervisor_protocol/messages.ts";
import type { ServerStream } from "../wire/server_link.ts";
import type { ClientStream } from "../wire/client_link.ts";
import { Channel } from "../wire/stream.ts";

/** How long the reason for a cut may take, in milliseconds: a VM that is gone has said it by then. */
const REASON_MILLISECONDS = 1_000;

/** Most events of one session; an honest agent sends two. */
const MAX_EVENTS = 64;

/**
 * Relays until both streams are over. Never rejects.
 *
 * @param client the stream on the supervisor's socket
 * @param agent the stream to the VM, opened with the client's request
 * @param gone settles when the VM is gone, with why
 */
export async function relay(
  client: ServerStream<SupervisorMessages>,
  agent: ClientStream<GuestMessages>,
  gone: Promise<string | undefined>,
): Promise<void> {
  // A client that is gone must not leave its program behind.
  void client.ended.then(({ reason }) => agent.reset(reason ?? "the client is gone"));
  void requests(client, agent);
  void input(client, agent);
  await Promise.all([
    events(client, agent),
    output(client, agent, Channel.stdout),
    output(client, agent, Channel.stderr),
  ]);
  const { reason } = await agent.ended;
  if (reason === undefined) return client.close();
  const why = await withinDeadline(gone, REASON_MILLISECONDS);
  client.reset(why === LATE || why === undefined ? reason : why);
}

async function requests(
  client: ServerStream<SupervisorMessages>,
  agent: ClientStream<GuestMessages>,
): Promise<void> {
  for (let one = await client.nextMessage(); one; one = await client.nextMessage()) agent.send(one);
}

async function events(
  client: ServerStream<SupervisorMessages>,
  agent: ClientStream<GuestMessages>,
): Promise<void> {
  let count = 0;
  for (let one = await agent.nextMessage(); one; one = await agent.nextMessage()) {
    // They wait in memory for a client that does not read, so a guest may not send as many as it likes.
    if (++count > MAX_EVENTS) {
      return agent.reset(`the agent sent more than ${MAX_EVENTS} events in one session`);
    }
    // Answers to requests that only the supervisor may make.
    if (one.kind === "image" || one.kind === "connected") {
      return agent.reset("its agent answered what nobody had asked");
    }
    client.send(one);
  }
}

async function input(
  client: ServerStream<SupervisorMessages>,
  agent: ClientStream<GuestMessages>,
): Promise<void> {
  for (let bytes = await client.read(Channel.stdin); bytes; bytes = await client.read(Channel.stdin)) {
    if (!(await agent.write(Channel.stdin, bytes))) return;
  }
  agent.end(Channel.stdin);
}

async function output(
  client: ServerStream<SupervisorMessages>,
  agent: ClientStream<GuestMessages>,
  channel: Channel,
): Promise<void> {
  for (let bytes = await agent.read(channel); bytes; bytes = await agent.read(channel)) {
    // Read on when the client is gone: the agent's end comes behind its output.
    if (!(await client.write(channel, bytes))) continue;
  }
  client.end(channel);
}
