import { assertEquals, assertRejects, assertTrue } from "../../tests/harness/assert.ts";
import "../../tests/harness/open_libc.ts";
import { plainVm } from "../../tests/harness/plain_vm.ts";
import { StandInEngine } from "../../tests/harness/stand_in_vm.ts";
import type { GuestMessages } from "../guest_protocol/messages.ts";
import { RunningVm } from "../vm/running_vm.ts";
import { encodeDatagram } from "../wire/datagrams.ts";
import type { ServerStream } from "../wire/server_link.ts";
import { Channel } from "../wire/stream.ts";
import { parsePorts } from "./parse.ts";
import { PortsService, waitingLimit } from "./service.ts";

type Session = ServerStream<GuestMessages>;
const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

/** Ports that are served for a guest that is a function. */
class Served implements AsyncDisposable {
  readonly sessions: Session[] = [];
  readonly requests: unknown[] = [];
  readonly #stack = new AsyncDisposableStack();
  port = 0;
  vm: RunningVm | undefined;
  service: PortsService | undefined;

  static async start(word: string, serve: (session: Session) => void | Promise<void>): Promise<Served> {
    const served = new Served();
    const service = served.#stack.use(await PortsService.open(parsePorts([word])));
    served.service = service;
    served.port = service.served[0]?.host ?? 0;
    const engine = new StandInEngine({
      other: (request, session) => {
        served.requests.push(request);
        served.sessions.push(session);
        void serve(session);
      },
    });
    served.vm = served.#stack.use(await RunningVm.boot(engine, plainVm, { hostname: "vm" }));
    service.prefer("0123456789ab");
    await service.start(served.vm);
    return served;
  }

  connect(hostname = "127.0.0.1"): Promise<Deno.TcpConn> {
    return Deno.connect({ hostname, port: this.port });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stack.disposeAsync();
  }
}

/** Sends back what comes, and ends when the client has. */
async function echo(session: Session): Promise<void> {
  session.send({ kind: "connected" });
  const { stdin, stdout } = Channel;
  for (let bytes = await session.read(stdin); bytes; bytes = await session.read(stdin)) {
    if (!await session.write(stdout, bytes)) return;
  }
  session.end(stdout);
  session.close();
}

async function readAll(connection: Deno.Conn): Promise<string> {
  return await new Response(connection.readable).text();
}

Deno.test("a connection's bytes and half-close go both ways, and what was asked for is the guest's port", async () => {
  await using served = await Served.start("80", echo);
  const client = await served.connect();
  const large = "abcdefgh".repeat(100_000);
  const sent = client.write(encode("x")).then(async () => {
    for (let at = 0; at < large.length; at += 50_000) {
      await client.write(encode(large.slice(at, at + 50_000)));
    }
    await client.closeWrite();
  });
  const back = await readAll(client);
  await sent;
  assertTrue(back === `x${large}`);
  assertEquals(served.requests, [{ kind: "connect", protocol: "tcp", port: 80, container: "0123456789ab" }]);
});

Deno.test("a client is reset where no server listens, also one that has sent nothing", async () => {
  await using served = await Served.start("80", (session) => {
    session.send({
      kind: "failed",
      exitCode: 125,
      reason: "connection refused",
      subject: "",
      step: "connect",
    });
    session.close();
  });
  const client = await served.connect();
  await assertRejects(() => client.read(new Uint8Array(1)), Deno.errors.ConnectionReset);
  client.close();
});

Deno.test("a server's reset comes behind all that the server had sent", async () => {
  await using served = await Served.start("80", async (session) => {
    session.send({ kind: "connected" });
    await session.write(Channel.stdout, encode("HTTP/1.0 413 Too Large\r\n\r\n"));
    session.send({
      kind: "failed",
      exitCode: 125,
      reason: "the server reset the connection",
      subject: "",
      step: "",
    });
    session.close();
  });
  const client = await served.connect();
  const buffer = new Uint8Array(100);
  assertEquals(await client.read(buffer), 26);
  await assertRejects(() => client.read(buffer), Deno.errors.ConnectionReset);
  client.close();
});

Deno.test("a client that is cut off ends its session, and one that is done with writing does not", async () => {
  const ends: (string | undefined)[] = [];
  await using served = await Served.start("80", async (session) => {
    session.send({ kind: "connected" });
    await session.write(Channel.stdout, encode("some bytes"));
    ends.push((await session.ended).reason);
  });
  const client = await served.connect();
  await client.closeWrite();
  assertEquals(await client.read(new Uint8Array(4)), 4);
  assertEquals(ends, []);
  client.close();
  // The kernel tells of a client that is gone when something is written to it.
  while (ends.length === 0) {
    await served.sessions[0]?.write(Channel.stdout, encode("more"));
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  assertEquals(ends, ["the client is gone"]);
});

Deno.test("connections are reset when the VM goes, refused by reset while there is none, and the port is free afterwards", async () => {
  const served = await Served.start("80", (session) => session.send({ kind: "connected" }));
  const client = await served.connect();
  while (served.sessions.length === 0) await new Promise((resolve) => setTimeout(resolve, 1));
  served.service?.close();
  await assertRejects(() => client.read(new Uint8Array(1)), Deno.errors.ConnectionReset);
  client.close();
  const late = await served.connect();
  await assertRejects(() => late.read(new Uint8Array(1)), Deno.errors.ConnectionReset);
  late.close();
  await served[Symbol.asyncDispose]();
  using _again = Deno.listen({ hostname: "127.0.0.1", port: served.port });
});

Deno.test("datagrams of each UDP peer are a session of their own", async () => {
  await using served = await Served.start("53/udp", echo);
  const { createSocket } = await import("node:dgram");
  const ask = (text: string) =>
    new Promise<string>((resolve) => {
      const socket = createSocket("udp4");
      socket.on("message", (answer) => {
        socket.close(() => resolve(answer.toString()));
      });
      socket.send(text, served.port, "127.0.0.1");
    });
  assertEquals(await Promise.all(["one", "two"].map(ask)), ["one", "two"]);
  assertEquals(served.requests.length, 2);
  assertEquals(encodeDatagram(encode("one")).length, 5);
});

Deno.test("waitingLimit() shares 8 MiB of the agent's memory among many, and leaves few their whole credit", () => {
  assertEquals([0, 1, 32, 64, 256, 2_048].map(waitingLimit), [
    262_144,
    262_144,
    262_144,
    131_072,
    32_768,
    32_768,
  ]);
});
