/**
 * A rehearsal: sessions in a VM that is to be saved, as those that go on from it will have them. What the agent then has
 * loaded and compiled is in its memory, and so in theirs. A program of the guest's own root runs, on a disk that nobody
 * has; the agent gives all of it back (agent/boot/template.ts).
 *
 * @module
 */
import { placesOf, type VmDescription } from "../vm_description.ts";
import { type GuestMessages, guestProtocol, type OpenRequest } from "../../guest_protocol/messages.ts";
import { ClientLink, type ClientStream } from "../../wire/client_link.ts";
import { Channel } from "../../wire/stream.ts";
import type { Transport } from "../../wire/transport.ts";
import { lend } from "./lent_transport.ts";

/** How long the agent may take to answer the hello, in milliseconds. */
const HELLO_MILLISECONDS = 15_000;

/**
 * How many sessions. V8 makes room for notes of how a function is used when the function was called some times, and what
 * it does about them costs the second session the most: one session saves 9 % of a run, two 25 %, three and four no more.
 */
const SESSIONS = 2;

/** Hex digits, as the ids of containers are; it is gone before the VM is saved. */
const CONTAINER = "000000000000";

const program = {
  argv: ["echo", "rehearsal"],
  env: [],
  cwd: "",
  user: "",
  stdin: false,
  timeoutMilliseconds: 0,
};

/**
 * Rehearses. The byte stream stays open, because its end would be a part of the saved state.
 *
 * @param transport to an agent that waits for its first hello; nobody reads from it afterwards
 * @param vm its description, of which a container has the disk of the image as its root
 * @throws {Error} when a session does not go as it should, or `signal` fires; the VM cannot be saved then
 */
export async function rehearse(transport: Transport, vm: VmDescription, signal: AbortSignal): Promise<void> {
  const entropy = crypto.getRandomValues(new Uint8Array(64)).toHex();
  using link = await ClientLink.connect(lend(transport), guestProtocol, {
    hello: { clock: Date.now(), hostname: "template", entropy, rehearsal: true },
    deadlineMilliseconds: HELLO_MILLISECONDS,
    signal,
  });
  const stop = (): void => link.close();
  signal.addEventListener("abort", stop, { once: true });
  try {
    for (let count = 0; count < SESSIONS; count++) await session(link.open(requestOf(vm)), "exited");
    await session(link.open({ kind: "rehearsed" }), "done");
  } finally {
    signal.removeEventListener("abort", stop);
  }
}

/** What such a VM runs first: the command of `run`, or an `exec` in a machine's own root. Pure. */
export function requestOf(vm: VmDescription): OpenRequest {
  const { image } = placesOf(vm);
  if (image === undefined || vm.rootWritable) return { kind: "exec", ...program };
  const container = { id: CONTAINER, image, hostname: "template", volumes: [], keep: false, init: false };
  return { kind: "container", ...program, ...container, memoryBytes: 0, pids: 0 };
}

/** Follows a session to its end. @throws {Error} when its last event is another, or its program failed */
async function session(stream: ClientStream<GuestMessages>, wanted: "exited" | "done"): Promise<void> {
  const [last] = await Promise.all([
    lastEvent(stream),
    drain(stream, Channel.stdout),
    drain(stream, Channel.stderr),
  ]);
  if (last?.kind === wanted && (last.kind !== "exited" || last.code === 0)) return;
  const { reason } = await stream.ended;
  throw new Error(`The rehearsal failed: ${last ? JSON.stringify(last) : reason}`);
}

async function lastEvent(stream: ClientStream<GuestMessages>) {
  let last;
  for (let event = await stream.nextMessage(); event; event = await stream.nextMessage()) last = event;
  return last;
}

async function drain(stream: ClientStream<GuestMessages>, channel: Channel): Promise<void> {
  while (await stream.read(channel) !== null);
}
