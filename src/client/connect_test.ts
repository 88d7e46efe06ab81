import { join } from "node:path";
import { assertEquals, assertMatch, assertRejects, assertTrue } from "../../tests/harness/assert.ts";
import { SmolvmError } from "../error.ts";
import type { Paths } from "../host/paths.ts";
import { publishSocket } from "../machines/by_name.ts";
import { machineFolder } from "../machines/folder.ts";
import { guestProtocol } from "../guest_protocol/messages.ts";
import { SocketServer } from "../supervisor/socket_server.ts";
import { encodeHelloAck } from "../wire/greeting.ts";
import { serveLink } from "../wire/server_link.ts";
import { unixTransport } from "../wire/unix_transport.ts";
import { VERSION } from "../version.ts";
import { ask } from "./ask.ts";
import { connectByName, connectSupervisor } from "./connect.ts";

const machine = { id: "0123456789ab", name: "web" };

/** A home whose machine's socket is that of a server. */
class Homes implements AsyncDisposable {
  readonly path = Deno.makeTempDirSync({ prefix: "smolvm-client-" });
  readonly paths: Paths = {
    data: join(this.path, "data"),
    cache: join(this.path, "cache"),
    runtime: join(this.path, "run"),
  };
  readonly folder;
  #close: () => void | Promise<void> = () => {};

  constructor() {
    for (const folder of [this.paths.data, this.paths.runtime]) Deno.mkdirSync(folder);
    this.folder = machineFolder(this.paths, machine.id);
  }

  /** A supervisor that answers every request in one word. */
  serves(): this {
    const server = new SocketServer(this.folder.socket, (stream) => {
      stream.send({ kind: "done" });
      stream.close();
    });
    this.#close = () => server.close(1_000);
    return this;
  }

  /** Whatever a connection is to meet. */
  listens(meet: (connection: Deno.UnixConn) => Promise<void>): this {
    const listener = Deno.listen({ transport: "unix", path: this.folder.socket });
    const served = listener.accept().then(meet).catch(() => {});
    this.#close = async () => {
      listener.close();
      await served;
    };
    return this;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#close();
    Deno.removeSync(this.path, { recursive: true });
  }
}

Deno.test("connectSupervisor() reaches a supervisor, and nobody where none listens", async () => {
  await using home = new Homes().serves();
  using link = await connectSupervisor(machine, home.paths);
  assertEquals(link?.ack.version, VERSION);
  assertEquals(link && await ask(link, { kind: "describe" }, 5_000), { kind: "done" });
  assertEquals(await connectSupervisor({ id: "ba9876543210", name: "none" }, home.paths), undefined);
});

Deno.test("connectByName() reaches a machine by its link, and nobody behind a link that a killed supervisor left", async () => {
  await using home = new Homes().serves();
  const { socket, byName } = home.folder;
  assertEquals(await connectByName("web", home.paths), undefined);
  publishSocket(byName, { name: "web", socket });
  using link = await connectByName("web", home.paths);
  assertTrue(link !== undefined);
  const dead = machineFolder(home.paths, "ba9876543210").socket;
  Deno.listen({ transport: "unix", path: dead }).close();
  publishSocket(byName, { name: "dead", socket: dead });
  assertEquals(await connectByName("dead", home.paths), undefined);
});

Deno.test("connectSupervisor() reaches a supervisor of a smolvm from before there were two protocols", async () => {
  // It judges a hello by the guest protocol's schema, and answers with boot steps.
  await using home = new Homes().listens(async (connection) => {
    await serveLink(unixTransport(connection), guestProtocol, {
      hello: () => ({ boot: [] }),
      open: (stream) => {
        stream.send({ kind: "done" });
        stream.close();
      },
    });
    connection.close();
  });
  using link = await connectSupervisor(machine, home.paths);
  assertEquals(link && await ask(link, { kind: "status" }, 5_000), { kind: "done" });
  link?.close();
});

Deno.test("connectSupervisor() says which smolvm started a machine that it cannot talk to, and the way out", async () => {
  await using home = new Homes().listens(async (connection) => {
    const buffer = new Uint8Array(65_536);
    const text = new TextDecoder().decode(buffer.subarray(0, await connection.read(buffer) ?? 0));
    const nonce = /"nonce":"([0-9a-f]{32})"/.exec(text)?.[1] ?? "";
    await connection.write(encodeHelloAck({ protocol: 7, nonce, version: "9.9", whatever: true }));
    while (await connection.read(buffer));
    connection.close();
  });
  const error = await assertRejects(() => connectSupervisor(machine, home.paths), SmolvmError);
  assertEquals([error.kind, error.subject], ["guest", "web"]);
  assertMatch(error.reason, /^it was started by smolvm 9\.9 \(supervisor protocol 7\)/);
  assertMatch(error.remedy ?? "", /smolvm microvm stop --force web/);
});

Deno.test("connectSupervisor() names the machine when its supervisor does not answer", async () => {
  await using home = new Homes().listens(async (connection) => {
    const buffer = new Uint8Array(65_536);
    while (await connection.read(buffer));
    connection.close();
  });
  const error = await assertRejects(() => connectSupervisor(machine, home.paths, 50), SmolvmError);
  assertEquals([error.subject, error.reason], ["web", "its supervisor does not answer"]);
  assertMatch(error.remedy ?? "", /stop --force web$/);
});
