/** The dial of a VM with secrets, between real TLS clients and real TLS servers of this host's loopback. */
import { delay } from "../../async/delay.ts";
import { assertEquals, assertMatch, assertRejects, assertTrue } from "../../../tests/harness/assert.ts";
import "../../../tests/harness/open_libc.ts";
import type { HostStream } from "../host/host_stream.ts";
import type { Denied } from "../model/gateway_parts.ts";
import { Authority } from "./authority.ts";
import { SecretNetwork } from "./secret_network.ts";
import { closeQuietly } from "./tls_ends.ts";

const HOST = "api.example";
const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** A server's end of a connection, and everything that came. */
interface Server {
  readonly port: number;
  /** What came on all connections so far. */
  got: string;
  connections: number;
}

interface World {
  readonly network: SecretNetwork;
  /** What the gateway was told to be refused. */
  readonly log: Denied[];
  readonly placeholders: Readonly<Record<string, string>>;
  /** A TLS server with a certificate for the name; it answers each piece that comes. */
  tlsServer(name?: string, authority?: Authority): Server;
  plainServer(greeting?: string): Server;
  /** What a guest's program has that connects there through the gateway. */
  connect(port: number): Promise<Deno.TcpConn>;
}

/** Plays with an authority of the test's own that the host trusts. */
async function scene(play: (world: World) => Promise<void>): Promise<void> {
  await using undo = new AsyncDisposableStack();
  const trusted = new Authority();
  const file = await Deno.makeTempFile();
  undo.defer(() => Deno.remove(file));
  await Deno.writeTextFile(file, trusted.certificate);
  const environment = { REAL: "the-real-value", OTHER: "another-value", SSL_CERT_FILE: file };
  const network = new SecretNetwork(["TOKEN=REAL@api.example", "ELSE=OTHER@else.example"], environment);
  const log: Denied[] = [];
  const running: Promise<unknown>[] = [];
  const open: { close(): void }[] = [];
  undo.defer(() => Promise.all(running).then(() => {}));
  undo.defer(() => {
    open.forEach(closeQuietly);
  });
  const serve = (listener: Deno.Listener<Deno.Conn>, greeting?: string): Server => {
    open.push(listener);
    const server = { port: (listener.addr as Deno.NetAddr).port, got: "", connections: 0 };
    const each = async (conn: Deno.Conn): Promise<void> => {
      open.push(conn);
      server.connections++;
      if (greeting) await conn.write(encoder.encode(greeting));
      const piece = new Uint8Array(65_536);
      for (;;) {
        const count = await conn.read(piece).catch(() => null);
        if (count === null) break;
        server.got += decoder.decode(piece.subarray(0, count));
        await conn.write(encoder.encode(`HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok`)).catch(() => {});
      }
      await (conn as Deno.TcpConn).closeWrite().catch(() => {});
    };
    running.push(
      (async () => {
        for await (const conn of listener) running.push(each(conn));
      })().catch(() => {}),
    );
    return server;
  };
  await play({
    network,
    log,
    placeholders: Object.fromEntries(
      network.environment([]).filter((word) => word.includes("=smolvm_secret_")).map((word) =>
        word.split("=")
      ),
    ),
    tlsServer: (name = HOST, authority = trusted) => {
      const listener = Deno.listenTls({ hostname: "127.0.0.1", port: 0, ...authority.leaf(name) });
      return serve(listener as Deno.Listener<Deno.Conn>);
    },
    plainServer: (greeting) =>
      serve(Deno.listen({ hostname: "127.0.0.1", port: 0 }) as Deno.Listener<Deno.Conn>, greeting),
    connect: async (port) => {
      const gate = Deno.listen({ hostname: "127.0.0.1", port: 0 });
      const [guest, inner] = await Promise.all([
        Deno.connect({ hostname: "127.0.0.1", port: (gate.addr as Deno.NetAddr).port }),
        gate.accept(),
      ]);
      gate.close();
      open.push(guest, inner);
      const flow = { name: HOST, refused: (verdict: Denied) => log.push(verdict) };
      const signal = new AbortController().signal;
      const stream = await network.dial({ addresses: ["127.0.0.1"], port, flow }, signal);
      running.push(carry(stream, inner));
      return guest;
    },
  });
}

/** As the gateway joins a flow with its server. */
async function carry(stream: HostStream, guest: Deno.TcpConn): Promise<void> {
  const there = async (): Promise<void> => {
    const piece = new Uint8Array(16_384);
    for (;;) {
      const count = await guest.read(piece).catch(() => null);
      if (count === null) return await stream.closeWrite().catch(() => {});
      for (let at = 0; at < count;) at += await stream.write(piece.subarray(at, count));
    }
  };
  const back = async (): Promise<void> => {
    const piece = new Uint8Array(16_384);
    for (;;) {
      const count = await stream.read(piece);
      if (count === null) return await guest.closeWrite().catch(() => {});
      for (let at = 0; at < count;) at += await guest.write(piece.subarray(at, count));
    }
  };
  await Promise.all([there().catch(() => {}), back().catch(() => closeQuietly(guest))]);
  stream.close();
}

/** A client inside, which trusts the VM's authority. */
async function tls(world: World, port: number, name = HOST): Promise<Deno.TlsConn> {
  const conn = await world.connect(port);
  const caCerts = [world.network.certificate];
  return await Deno.startTls(conn, { hostname: name, caCerts, alpnProtocols: ["h2", "http/1.1"] });
}

async function ask(conn: Deno.Conn, words: string): Promise<string> {
  await conn.write(encoder.encode(words));
  return await hear(conn);
}

async function hear(conn: Deno.Conn): Promise<string> {
  const piece = new Uint8Array(65_536);
  const count = await conn.read(piece);
  return count === null ? "" : decoder.decode(piece.subarray(0, count));
}

Deno.test("the server gets the value and the client HTTP/1.1, over one connection and as often as it asks", () =>
  scene(async (world) => {
    const server = world.tlsServer();
    const client = await tls(world, server.port);
    const { alpnProtocol } = await client.handshake();
    const request =
      `GET / HTTP/1.1\r\nHost: ${HOST}\r\nAuthorization: Bearer ${world.placeholders.TOKEN}\r\n\r\n`;
    assertMatch(await ask(client, request), /200 OK/);
    assertMatch(await ask(client, request), /200 OK/);
    const sent = request.replace(world.placeholders.TOKEN ?? "", "the-real-value");
    assertEquals([alpnProtocol, server.got, server.connections], ["http/1.1", sent + sent, 1]);
    await client.closeWrite();
    assertEquals(await hear(client), "");
    client.close();
    assertEquals(world.log, []);
  }));

Deno.test("a client that is slow to speak gets the value over another connection", () =>
  scene(async (world) => {
    const server = world.tlsServer();
    const conn = await world.connect(server.port);
    await delay(500);
    const client = await Deno.startTls(conn, { hostname: HOST, caCerts: [world.network.certificate] });
    assertMatch(
      await ask(client, `GET /${world.placeholders.TOKEN} HTTP/1.1\r\nHost: ${HOST}\r\n\r\n`),
      /200/,
    );
    assertMatch(server.got, /^GET \/the-real-value HTTP/);
    client.close();
  }));

Deno.test("a placeholder of another host is answered with 403, is in the log, and never gets there", () =>
  scene(async (world) => {
    const server = world.tlsServer();
    const client = await tls(world, server.port);
    const answer = await ask(
      client,
      `GET / HTTP/1.1\r\nHost: ${HOST}\r\nX: ${world.placeholders.ELSE}\r\n\r\n`,
    );
    assertMatch(answer, /^HTTP\/1.1 403 Forbidden\r\n/);
    assertMatch(answer, /blocked by smolvm: api\.example: the placeholder of --secret ELSE was sent to it/);
    client.close();
    assertEquals(server.got, "");
    const [entry] = world.log;
    assertEquals([entry?.allowed, entry?.name, world.log.length], [false, HOST, 1]);
    assertMatch(entry?.reason ?? "", /--secret ELSE .* none of its hosts/);
    assertTrue(!JSON.stringify(world.log).includes("value"));
  }));

Deno.test("without TLS no placeholder goes anywhere, not even to its own host, and all else passes", () =>
  scene(async (world) => {
    const server = world.plainServer();
    const fine = await world.connect(server.port);
    const request = `GET / HTTP/1.1\r\nHost: ${HOST}\r\n\r\n`;
    assertMatch(await ask(fine, request), /200/);
    assertEquals(server.got, request);
    const leak = await world.connect(server.port);
    const basic = btoa(`me:${world.placeholders.TOKEN}`);
    const answer = await ask(
      leak,
      `GET / HTTP/1.1\r\nHost: ${HOST}\r\nAuthorization: Basic ${basic}\r\n\r\n`,
    );
    assertMatch(answer, /403 Forbidden[^]*--secret TOKEN was sent to it without TLS/);
    assertEquals(server.got, request);
    assertEquals(world.log.map(({ name }) => name), [HOST]);
    // A server that speaks first does.
    const mail = world.plainServer("220 hello\r\n");
    assertEquals(await hear(await world.connect(mail.port)), "220 hello\r\n");
  }));

Deno.test("TLS to a host of no secret is not ended: the client sees that server's own certificate", () =>
  scene(async (world) => {
    const own = new Authority();
    const server = world.tlsServer("plain.example", own);
    const conn = await world.connect(server.port);
    const client = await Deno.startTls(conn, { hostname: "plain.example", caCerts: [own.certificate] });
    assertMatch(await ask(client, `GET /${world.placeholders.TOKEN} HTTP/1.1\r\nHost: x\r\n\r\n`), /200/);
    assertMatch(server.got, /smolvm_secret_/);
    client.close();
  }));

Deno.test("a server whose certificate this host does not trust, or that has another name, gets nothing", () =>
  scene(async (world) => {
    for (const server of [world.tlsServer(HOST, new Authority()), world.tlsServer("evil.example")]) {
      const client = await tls(world, server.port);
      await assertRejects(() => client.handshake(), Error);
      client.close();
      assertEquals(server.got, "");
    }
    assertEquals(world.log.map(({ name }) => name), [HOST, HOST]);
    for (const { reason } of world.log) assertMatch(reason ?? "", /no TLS to it that this host trusts: /);
  }));

Deno.test("a secret that is taken away goes nowhere, on connections that are open too", () =>
  scene(async (world) => {
    const server = world.tlsServer();
    const client = await tls(world, server.port);
    const request = `GET / HTTP/1.1\r\nHost: ${HOST}\r\nX: ${world.placeholders.TOKEN}\r\n\r\n`;
    assertMatch(await ask(client, request), /200/);
    world.network.change([]);
    assertMatch(await ask(client, request), /403/);
    assertEquals(server.got.match(/the-real-value/g)?.length, 1);
    client.close();
  }));

Deno.test("a large upload and an upgraded connection pass byte for byte", () =>
  scene(async (world) => {
    const server = world.tlsServer();
    const client = await tls(world, server.port);
    const body = "0123456789abcdef".repeat(200_000);
    const head = `PUT / HTTP/1.1\r\nHost: ${HOST}\r\nContent-Length: ${body.length}\r\n\r\n`;
    const reading = (async () => {
      while (server.got.length < head.length + body.length) if (await hear(client) === "") return;
    })();
    const bytes = encoder.encode(head + body);
    for (let at = 0; at < bytes.length;) at += await client.write(bytes.subarray(at));
    await reading;
    assertEquals(server.got === head + body, true);
    client.close();
  }));
