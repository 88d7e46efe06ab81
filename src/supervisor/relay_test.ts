import { assertEquals, assertTrue } from "../../tests/harness/assert.ts";
import type { GuestMessages } from "../guest_protocol/messages.ts";
import type { SupervisorMessages } from "../supervisor_protocol/messages.ts";
import type { ServerStream } from "../wire/server_link.ts";
import type { ClientStream } from "../wire/client_link.ts";
import { relay } from "./relay.ts";

Deno.test("relay() cuts off an agent that sends event after event, which would wait in memory", async () => {
  const over = Promise.withResolvers<{ reason?: string }>();
  const silent = { read: () => Promise.resolve(null), write: () => Promise.resolve(true), end: () => {} };
  const agent = {
    ...silent,
    ended: over.promise,
    nextMessage: () => Promise.resolve({ kind: "failed", exitCode: 1, reason: "x", subject: "", step: "" }),
    reset: (reason: string) => over.resolve({ reason }),
  };
  let [sent, cut] = [0, ""];
  const client = {
    ...silent,
    ended: new Promise(() => {}),
    nextMessage: () => Promise.resolve(undefined),
    send: () => sent++,
    reset: (reason: string) => cut = reason,
  };
  await relay(
    client as unknown as ServerStream<SupervisorMessages>,
    agent as unknown as ClientStream<GuestMessages>,
    Promise.resolve(undefined),
  );
  assertTrue(sent <= 64);
  assertEquals(cut, "the agent sent more than 64 events in one session");
});
