import { assertEquals, assertRejects } from "../../tests/harness/assert.ts";
import { transportPair } from "../../tests/harness/pipe.ts";
import { SmolvmError } from "../error.ts";
import {
  HELLO_FIELDS,
  type SupervisorMessages,
  supervisorProtocol,
} from "../supervisor_protocol/messages.ts";
import { ClientLink } from "../wire/client_link.ts";
import { serveLink, type ServerStream } from "../wire/server_link.ts";
import { ask } from "./ask.ts";

/** Asks a supervisor that treats each stream so. */
async function asked(
  open: (stream: ServerStream<SupervisorMessages>) => void,
  milliseconds = 5_000,
): Promise<unknown> {
  const { host, agent } = transportPair();
  const served = serveLink(agent, supervisorProtocol, { hello: () => ({}), open });
  const options = { hello: HELLO_FIELDS, deadlineMilliseconds: 5_000 };
  using link = await ClientLink.connect(host, supervisorProtocol, options);
  try {
    return await ask(link, { kind: "describe" }, milliseconds, { action: "describe", subject: "web" });
  } finally {
    link.close();
    await served;
  }
}

Deno.test("ask() yields the event that answers", async () => {
  assertEquals(await asked((stream) => stream.send({ kind: "stopped" })), { kind: "stopped" });
});

Deno.test("ask() yields nothing when no answer comes in time, and when the stream ends without one", async () => {
  assertEquals(await asked(() => {}, 20), undefined);
  assertEquals(await asked((stream) => stream.close()), undefined);
});

Deno.test("ask() says why the other side does not do it, and what was tried", async () => {
  const error = await assertRejects(() => asked((stream) => stream.reset("it is busy")), SmolvmError);
  assertEquals([error.kind, error.action, error.subject, error.reason], [
    "guest",
    "describe",
    "web",
    "it is busy",
  ]);
});
