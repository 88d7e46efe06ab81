import { assertEquals } from "../../tests/harness/assert.ts";
import { guestTest, inGuestRoot } from "../../tests/harness/guest_root.ts";
import "../../tests/harness/open_libc.ts";
import { transportPair } from "../../tests/harness/pipe.ts";
import { resetConnection } from "../../src/ffi/reset_connection.ts";
import { guestProtocol, type SessionEvent } from "../../src/guest_protocol/messages.ts";
import { ClientLink } from "../../src/wire/client_link.ts";
import { DatagramDecoder, encodeDatagram } from "../../src/wire/datagrams.ts";
import { serveLink } from "../../src/wire/server_link.ts";
import { Channel } from "../../src/wire/stream.ts";
import { setLoopbackUp } from "../boot/network.ts";
import { registerContainer } from "../container/running.ts";
import { nullStreams } from "../process/null_streams.ts";
import { signalChild } from "../process/reaper.ts";
import { launch } from "../process/spawn.ts";
import { serveSession } from "./serve.ts";

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

const CLONE_NEWNET = 0x4000_0000;

/** A host's link to an agent. */
async function linked() {
  const pair = transportPair();
  const served = serveLink(pair.agent, guestProtocol, {
    hello: () => ({ boot: [] }),
    open: (stream, request) =>
      void serveSession(stream, request, { powerOff: () => Promise.resolve(), endRehearsal: () => {} }),
  }).catch(() => {});
  const hello = { clock: 0, hostname: "vm" };
  const link = await ClientLink.connect(pair.host, guestProtocol, { hello, deadlineMilliseconds: 5_000 });
  return {
    link,
    connect: (port: number, protocol: "tcp" | "udp" = "tcp", container?: string) =>
      link.open({ kind: "connect", protocol, port, ...(container !== undefined && { container }) }),
    [Symbol.asyncDispose]: async () => {
      link.close();
      await served;
    },
  };
}

type Stream = ReturnType<Awaited<ReturnType<typeof linked>>["connect"]>;

async function readAll(stream: Stream): Promise<string> {
  let text = "";
  for (let bytes = await stream.read(Channel.stdout); bytes; bytes = await stream.read(Channel.stdout)) {
    text += new TextDecoder().decode(bytes);
  }
  return text;
}

async function events(stream: Stream): Promise<SessionEvent[]> {
  const all: SessionEvent[] = [];
  for (let one = await stream.nextMessage(); one; one = await stream.nextMessage()) all.push(one);
  return all;
}

function descriptors(): number {
  return [...Deno.readDirSync("/proc/self/fd")].length;
}

inGuestRoot(import.meta.url, () => {
  guestTest("a connection carries bytes and half-close both ways, to 127.0.0.1 and to ::1", async () => {
    setLoopbackUp();
    await using host = await linked();
    for (const hostname of ["127.0.0.1", "::1"]) {
      using server = Deno.listen({ hostname, port: 0 });
      const accepted = server.accept();
      const stream = host.connect(server.addr.port);
      using connection = await accepted;
      assertEquals(await stream.nextMessage(), { kind: "connected" });
      await stream.write(Channel.stdin, encode("question"));
      stream.end(Channel.stdin);
      assertEquals(await new Response(connection.readable).text().catch(String), "question");
    }
  });

  guestTest("what a server sends behind the client's end arrives, 5 MB of it", async () => {
    await using host = await linked();
    const before = descriptors();
    {
      using server = Deno.listen({ hostname: "127.0.0.1", port: 0 });
      const accepted = server.accept();
      const stream = host.connect(server.addr.port);
      const connection = await accepted;
      stream.end(Channel.stdin);
      assertEquals(await connection.read(new Uint8Array(1)), null);
      const answer = "0123456789".repeat(500_000);
      const written = new Response(answer).body?.pipeTo(connection.writable);
      assertEquals((await readAll(stream)) === answer, true);
      await written?.catch(() => {});
      assertEquals((await events(stream)).map(({ kind }) => kind), ["connected"]);
      assertEquals((await stream.ended).reason, undefined);
    }
    assertEquals(descriptors(), before);
  });

  guestTest("where nothing listens the session fails", async () => {
    await using host = await linked();
    const failed = {
      kind: "failed",
      exitCode: 125,
      reason: "connection refused",
      subject: "",
      step: "connect",
    };
    assertEquals(await events(host.connect(9)), [failed as SessionEvent]);
  });

  guestTest("a server's reset comes behind all that the server had sent", async () => {
    await using host = await linked();
    using server = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const accepted = server.accept();
    const stream = host.connect(server.addr.port);
    const connection = await accepted;
    await stream.write(Channel.stdin, new Uint8Array(100_000));
    await connection.read(new Uint8Array(10));
    await connection.write(encode("413 too large"));
    // A close of Deno's would send a FIN first.
    resetConnection(connection);
    assertEquals(await readAll(stream), "413 too large");
    stream.end(Channel.stdin);
    const kinds = (await events(stream)).map(({ kind }) => kind);
    assertEquals(kinds, ["connected", "failed"]);
  });

  guestTest("a host that cuts the session off resets the server's connection", async () => {
    await using host = await linked();
    using server = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const accepted = server.accept();
    const stream = host.connect(server.addr.port);
    using connection = await accepted;
    await stream.nextMessage();
    stream.reset("the client is gone");
    assertEquals(await connection.read(new Uint8Array(1)).catch((error) => error.name), "ConnectionReset");
  });

  guestTest(
    "a server in a container's own network is reached, before one of the VM where that container is meant",
    async () => {
      await using host = await linked();
      using streams = nullStreams();
      const script = `const listener = Deno.listen({ hostname: "127.0.0.1", port: 7777 });
      for await (const one of listener) { await one.write(new TextEncoder().encode("inside")); one.close(); }`;
      const argv = [Deno.execPath(), "eval", script];
      const env = ["PATH=/usr/sbin:/usr/bin:/sbin:/bin", "HOME=/root"];
      const steps = [{ op: "unshare", flags: CLONE_NEWNET }, { op: "loopback" }, {
        op: "exec",
        argv,
        env,
      }] as const;
      const launched = await launch(steps, streams);
      if (!launched.ok) throw new Error(`${launched.step}: errno ${launched.errno}`);
      const container = { pid: launched.pid, cgroup: "", root: "/", hostname: "", env: [] };
      using _running = registerContainer("0123456789ab", container);
      const answer = (container?: string) => readAll(host.connect(7777, "tcp", container));
      // It is looked for in every container, whichever is meant.
      while (await answer("ba9876543210") !== "inside") {
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      using server = Deno.listen({ hostname: "127.0.0.1", port: 7777 });
      const accepted = server.accept();
      assertEquals(await answer("0123456789ab"), "inside");
      const own = host.connect(7777, "tcp", "ba9876543210");
      using _accepted = await accepted;
      assertEquals(await own.nextMessage(), { kind: "connected" });
      own.reset("enough");
      signalChild(launched.pid, "process", 9);
      await launched.exit;
    },
  );

  guestTest("datagrams go to a UDP server and back, and one that nobody takes fails", async () => {
    await using host = await linked();
    const { createSocket } = await import("node:dgram");
    const server = createSocket("udp4");
    await new Promise<void>((resolve) => server.bind(0, "127.0.0.1", resolve));
    server.on("message", (datagram, { port }) => server.send(`<${datagram}>`, port, "127.0.0.1"));
    const stream = host.connect(server.address().port, "udp");
    for (const text of ["one", "", "three"]) await stream.write(Channel.stdin, encodeDatagram(encode(text)));
    const decoder = new DatagramDecoder();
    const answers: string[] = [];
    while (answers.length < 3) {
      const bytes = await stream.read(Channel.stdout);
      for (const one of decoder.push(bytes ?? new Uint8Array(0))) answers.push(new TextDecoder().decode(one));
    }
    assertEquals(answers, ["<one>", "<>", "<three>"]);
    stream.end(Channel.stdin);
    assertEquals((await events(stream)).map(({ kind }) => kind), ["connected"]);
    await new Promise<void>((resolve) => server.close(() => resolve()));
    const nobody = host.connect(9, "udp");
    await nobody.write(Channel.stdin, encodeDatagram(encode("x")));
    assertEquals((await events(nobody)).map(({ kind }) => kind), ["failed"]);
  });
});
