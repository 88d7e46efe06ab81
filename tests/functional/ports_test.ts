/**
 * Published ports, with real clients on this host and real servers in a VM: a machine whose container has a server
 * for each promise, and one `run`. The link is the same on both engines, so one is enough.
 *
 * @module
 */
import { createSocket } from "node:dgram";
import { assertEquals, assertMatch, assertTrue } from "../harness/assert.ts";
import { MachineHome } from "../harness/machine_home.ts";
import { eventually } from "../harness/smolvm.ts";

const home = new MachineHome();
home.removeAtUnload();

/** Bytes that a server sends behind the client's end. */
const LARGE_BYTES = 20_000_000;

/** Ports of the guest: each is one server of busybox's nc. */
const port = {
  http: 80,
  echo: 7000,
  large: 7001,
  hasty: 7002,
  nobody: 7003,
  root: 7004,
  datagrams: 53,
} as const;

const servers = `
  printf 'HTTP/1.0 200 OK\\r\\n\\r\\nhello\\n' > /answer
  nc -lk -s 127.0.0.1 -p ${port.http} -e sh -c 'cat > /dev/null; cat /answer' &
  nc -lk -p ${port.echo} -e cat &
  nc -lk -p ${port.large} -e sh -c 'cat > /dev/null; head -c ${LARGE_BYTES} /dev/zero' &
  nc -lk -p ${port.hasty} -e sh -c 'head -c 1 > /dev/null; echo too large' &
  nc -lu -p ${port.datagrams} -e cat &
  exec sleep 100000`;

/** A port of this host that nobody has. */
function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}

const fixed = freePort();

/** Ports of this host, by the guest's. */
const published = new Map<number, number>();

async function readAll(connection: Deno.Conn): Promise<Uint8Array> {
  const pieces: Uint8Array<ArrayBuffer>[] = [];
  const buffer = new Uint8Array(65_536);
  for (let count = await connection.read(buffer); count !== null; count = await connection.read(buffer)) {
    pieces.push(buffer.slice(0, count));
  }
  return await new Blob(pieces).bytes();
}

/** Sends, half-closes, and reads to the end; the name of the error where there is no end. */
async function ask(guest: number, words: Uint8Array | string, hostname = "127.0.0.1"): Promise<string> {
  const bytes = typeof words === "string" ? new TextEncoder().encode(words) : words;
  using connection = await Deno.connect({ hostname, port: published.get(guest) ?? 0 });
  const sent = (async () => {
    for (let at = 0; at < bytes.length;) at += await connection.write(bytes.subarray(at, at + 65_536));
    await connection.closeWrite();
  })().catch(() => {});
  const answer = await readAll(connection).catch((error: Error) => new TextEncoder().encode(error.name));
  await sent;
  return answer.length > 1_000 ? await digest(answer) : new TextDecoder().decode(answer);
}

async function digest(bytes: Uint8Array): Promise<string> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes as Uint8Array<ArrayBuffer>)).toHex();
}

/** Waits for a server that starts with its machine. */
async function awaitServer(guest: number, words: string, answer: string): Promise<void> {
  for (let tries = 0; tries < 200; tries++) {
    // A reset may come while Deno still asks the kernel about the new connection.
    if (await ask(guest, words).catch(String) === answer) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`no server at ${guest}`);
}

interface Facts {
  readonly ports: readonly { address: string; host: number | null; guest: number; protocol: string }[];
  readonly live: { readonly supervisor: number };
}

async function facts(): Promise<Facts> {
  return JSON.parse((await home.vm("status", "--json", "web")).stdout);
}

async function start(): Promise<string> {
  const { code, stdout, stderr } = await home.vm("start", "-d", "web");
  assertEquals([code, stdout], [0, "web\n"]);
  for (const { guest, host } of (await facts()).ports) published.set(guest, host ?? 0);
  await awaitServer(port.echo, "x", "x");
  return stderr;
}

const HELLO = "HTTP/1.0 200 OK\r\n\r\nhello\n";

Deno.test("a machine has ports; start says which ones it chose, and status shows all", async () => {
  const { http, datagrams, ...others } = port;
  const options = [`${fixed}:${http}`, `${datagrams}/udp`, ...Object.values(others).map(String)];
  const words = options.flatMap((word) => ["-p", word]);
  const { code, stderr } = await home.vm("create", "--name", "web", ...words, "alpine", "sh", "-c", servers);
  assertEquals([code, stderr], [0, ""]);
  const before = await facts();
  assertEquals(before.ports.slice(0, 2), [
    { address: "127.0.0.1", host: fixed, guest: http, protocol: "tcp" },
    { address: "127.0.0.1", host: null, guest: datagrams, protocol: "udp" },
  ]);
  const said = await start();
  assertMatch(
    said,
    /^smolvm: port 127\.0\.0\.1:\d+ -> 53\/udp\nsmolvm: port 127\.0\.0\.1:\d+ -> 7000\/tcp\n/,
  );
  assertTrue(!said.includes(`:${fixed} `));
  assertTrue((await home.vm("ls", "-v")).stdout.includes(`port      127.0.0.1:${fixed} -> 80/tcp\n`));
});

Deno.test("a server on the container's loopback answers at 127.0.0.1 and ::1, behind the client's end", async () => {
  assertEquals(await ask(port.http, "GET / HTTP/1.0\r\n\r\n"), HELLO);
  assertEquals(await ask(port.http, "GET / HTTP/1.0\r\n\r\n", "::1"), HELLO);
});

Deno.test("bytes arrive as they were sent, both ways at once, and those behind the client's end", async () => {
  const bytes = new Uint8Array(2_000_000);
  for (let at = 0; at < bytes.length; at += 50_000) crypto.getRandomValues(bytes.subarray(at, at + 50_000));
  assertEquals(await ask(port.echo, bytes), await digest(bytes));
  assertEquals(await ask(port.large, "go"), await digest(new Uint8Array(LARGE_BYTES)));
});

Deno.test("where nothing listens the client is reset, before it has sent anything", async () => {
  const read = async (): Promise<unknown> => {
    using connection = await Deno.connect({ hostname: "127.0.0.1", port: published.get(port.nobody) ?? 0 });
    return await connection.read(new Uint8Array(1));
  };
  assertEquals(await read().catch((error: Error) => error.name), "ConnectionReset");
});

Deno.test("what a server says that closes with unread input arrives", async () => {
  using connection = await Deno.connect({ hostname: "127.0.0.1", port: published.get(port.hasty) ?? 0 });
  await connection.write(new Uint8Array(50_000));
  const buffer = new Uint8Array(100);
  const count = await connection.read(buffer) ?? 0;
  assertEquals(new TextDecoder().decode(buffer.subarray(0, count)), "too large\n");
  const end = await connection.read(buffer).catch((error: Error) => error.name);
  assertTrue(end === null || end === "ConnectionReset");
});

Deno.test("a server in the machine's own root is reached, too", async () => {
  const script = `nc -lk -p ${port.root} -e echo root > /dev/null 2>&1 < /dev/null &`;
  assertEquals((await home.sh("web", script)).code, 0);
  await awaitServer(port.root, "", "root\n");
});

Deno.test("datagrams come back to the peer that sent them", async () => {
  const answer = await new Promise<string>((resolve) => {
    const socket = createSocket("udp4");
    const timer = setInterval(
      () => socket.send("ping", published.get(port.datagrams) ?? 0, "127.0.0.1"),
      500,
    );
    socket.once("message", (datagram) => {
      clearInterval(timer);
      socket.close(() => resolve(datagram.toString()));
    });
  });
  assertEquals(answer, "ping");
});

Deno.test("many connections, and clients that abort, leave no descriptor behind", async () => {
  const { live } = await facts();
  const supervisor = (): number => [...Deno.readDirSync(`/proc/${live.supervisor}/fd`)].length;
  const agent = async (): Promise<number> => Number((await home.sh("web", "ls /proc/1/fd | wc -l")).stdout);
  const before = [supervisor(), await agent()];
  for (let round = 0; round < 4; round++) {
    const words = Array.from({ length: 25 }, (_, index) => `${round} ${index}`);
    assertEquals(await Promise.all(words.map((word) => ask(port.echo, word))), words);
  }
  for (let aborted = 0; aborted < 8; aborted++) {
    const connection = await Deno.connect({ hostname: "127.0.0.1", port: published.get(port.large) ?? 0 });
    await connection.write(new Uint8Array(10));
    connection.close();
  }
  assertTrue(await eventually(() => supervisor() === before[0], 10_000), `${supervisor()} of ${before[0]}`);
  let after = 0;
  for (let tries = 0; tries < 20 && after !== before[1]; tries++) after = await agent();
  assertEquals(after, before[1]);
});

Deno.test("a port that is taken is refused before the VM boots, with who has it", async () => {
  const run = await home.vm("run", "-p", `${fixed}:80`, "alpine", "true");
  assertEquals(run.code, 125);
  assertMatch(
    run.stderr,
    new RegExp(
      `cannot publish the port 127.0.0.1:${fixed}: it is taken by another machine of smolvm, whose supervisor is`,
    ),
  );
  await home.vm("create", "--name", "other", "-p", `${fixed}:80`);
  const other = await home.vm("start", "-d", "other");
  assertEquals(other.code, 125);
  assertMatch(other.stderr, /it is taken by another machine of smolvm/);
});

Deno.test("a port is free at once when its supervisor was killed, and the machine has it again", async () => {
  Deno.kill((await facts()).live.supervisor, "SIGKILL");
  assertTrue(
    await eventually(() => {
      try {
        Deno.listen({ hostname: "127.0.0.1", port: fixed }).close();
        return true;
      } catch {
        return false;
      }
    }, 2_000),
  );
  await start();
  assertEquals(await ask(port.http, "GET / HTTP/1.0\r\n\r\n"), HELLO);
  assertEquals((await home.vm("stop", "-t", "0", "web")).code, 0);
  Deno.listen({ hostname: "127.0.0.1", port: fixed }).close();
});

Deno.test("run publishes ports for as long as it runs", async () => {
  const script = "trap 'exit 0' TERM; nc -lk -p 80 -e echo from a run & wait";
  const child = home.start(["microvm", "run", "-p", "80", "alpine", "sh", "-c", script]);
  const reader = child.stderr.pipeThrough(new TextDecoderStream()).getReader();
  let said = "";
  while (!said.includes("\n")) said += (await reader.read()).value ?? "\n";
  const chosen = Number(/^smolvm: port 127\.0\.0\.1:(\d+) -> 80\/tcp\n$/.exec(said)?.[1]);
  published.set(80, chosen);
  await awaitServer(80, "", "from a run\n");
  child.kill("SIGTERM");
  await child.status;
  await reader.cancel();
  await child.stdout.cancel();
  Deno.listen({ hostname: "127.0.0.1", port: chosen }).close();
});
