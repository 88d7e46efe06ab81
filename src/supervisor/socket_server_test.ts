import { assertEquals, assertRejects, assertTrue } from "../../tests/harness/assert.ts";
import { settled } from "../../tests/harness/stand_in_clock.ts";
import {
  HELLO_FIELDS,
  type SupervisorMessages,
  supervisorProtocol,
} from "../supervisor_protocol/messages.ts";
import { ClientLink } from "../wire/client_link.ts";
import type { ServerStream } from "../wire/server_link.ts";
import { unixTransport } from "../wire/unix_transport.ts";
import { SocketServer } from "./socket_server.ts";

/** A server in a folder of its own. */
function listen(open: (stream: ServerStream<SupervisorMessages>) => void = (stream) => stream.close()) {
  const folder = Deno.makeTempDirSync();
  const path = `${folder}/sockets/m.sock`;
  return { folder, path, server: new SocketServer(path, open) };
}

async function connect(path: string): Promise<ClientLink<SupervisorMessages>> {
  const connection = await Deno.connect({ transport: "unix", path });
  const options = { hello: HELLO_FIELDS, deadlineMilliseconds: 5_000 };
  return await ClientLink.connect(unixTransport(connection), supervisorProtocol, options);
}

Deno.test("SocketServer serves any number of clients, each on a link of its own", async () => {
  const { folder, path, server } = listen((stream) => {
    stream.send({ kind: "done" });
    stream.close();
  });
  const links = await Promise.all(Array.from({ length: 20 }, () => connect(path)));
  links[0]?.close();
  const answers = links.slice(1).map((link) => link.open({ kind: "describe" }).nextMessage());
  assertEquals((await Promise.all(answers)).every((answer) => answer?.kind === "done"), true);
  for (const link of links) link.close();
  await server.close(5_000);
  Deno.removeSync(folder, { recursive: true });
});

Deno.test("SocketServer makes its socket and the folder for their owner alone", async () => {
  const { folder, path, server } = listen();
  const modes = [path, `${folder}/sockets`].map((one) => (Deno.statSync(one).mode ?? 0) & 0o777);
  assertEquals(modes, [0o600, 0o700]);
  await server.close(0);
  Deno.removeSync(folder, { recursive: true });
});

Deno.test("SocketServer takes the place of what a killed one left", async () => {
  const { folder, path, server } = listen();
  await server.close(0);
  Deno.writeTextFileSync(path, "");
  const next = new SocketServer(path, (stream) => stream.close());
  (await connect(path)).close();
  await next.close(5_000);
  Deno.removeSync(folder, { recursive: true });
});

Deno.test("SocketServer is not ended by a client that breaks the protocol", async () => {
  const { folder, path, server } = listen();
  const liar = await Deno.connect({ transport: "unix", path });
  await liar.write(new Uint8Array(70_000).fill(7));
  liar.close();
  await settled();
  (await connect(path)).close();
  await server.close(5_000);
  Deno.removeSync(folder, { recursive: true });
});

Deno.test("SocketServer waits for its clients when it closes, but not for ever, and removes the socket", async () => {
  const { folder, path, server } = listen();
  using link = await connect(path);
  const begun = performance.now();
  await server.close(30);
  assertTrue(performance.now() - begun >= 29);
  await assertRejects(() => connect(path), Deno.errors.NotFound);
  link.close();
  await settled();
  Deno.removeSync(folder, { recursive: true });
});
