/**
 * Joins a client's stream with one to the agent: messages and bytes each way, each side's credit holding
 * the other back, each side's end ending the other.
 *
 * @module
 */
import type { AgentStream } from "../protocol/agent_link.ts";
import type { HostStream } from "../protocol/host_link.ts";
import { Channel } from "../protocol/stream.ts";

/**
 * Relays until both streams are over. Never rejects.
 *
 * @param client the stream on the supervisor's socket
 * @param agent the stream to the VM, opened with the client's request
 */
export async function relay(client: AgentStream, agent: HostStream): Promise<void> {
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
  if (reason === undefined) client.close();
  else client.reset(reason);
}

async function requests(client: AgentStream, agent: HostStream): Promise<void> {
  for (let one = await client.nextMessage(); one; one = await client.nextMessage()) agent.send(one);
}

async function events(client: AgentStream, agent: HostStream): Promise<void> {
  for (let one = await agent.nextMessage(); one; one = await agent.nextMessage()) client.send(one);
}

async function input(client: AgentStream, agent: HostStream): Promise<void> {
  for (let bytes = await client.read(Channel.stdin); bytes; bytes = await client.read(Channel.stdin)) {
    if (!(await agent.write(Channel.stdin, bytes))) return;
  }
  agent.end(Channel.stdin);
}

async function output(client: AgentStream, agent: HostStream, channel: Channel): Promise<void> {
  for (let bytes = await agent.read(channel); bytes; bytes = await agent.read(channel)) {
    // Read on when the client is gone: the agent's end comes behind its output.
    if (!(await client.write(channel, bytes))) continue;
  }
  client.end(channel);
}
