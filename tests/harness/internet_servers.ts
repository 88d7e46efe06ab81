/**
 * The servers of small_internet.ts, as a process of its own in a network namespace: `internet_servers.ts ROLE`. As
 * `internet` it has a web server, an echo, a sender of much and a resolver, each on every address of the namespace; as
 * `no web` the same without web servers, as `host` a web server for what no guest may see. Says `ready` once all listen.
 *
 * @module
 */
import { createSocket } from "node:dgram";

const [role = "internet"] = Deno.args;
const encoder = new TextEncoder();

/** How much `MUCH` sends behind its client's end, in bytes. */
const MUCH_BYTES = 3_000_000;

/** Addresses by name and type of record. */
const zone: Readonly<Record<string, Readonly<Record<number, string>>>> = {
  "www.example.net": { 1: "198.51.100.10", 28: "2001:db8::10" },
  "cdn.example.net": { 1: "198.51.100.10" },
  "other.example.net": { 1: "198.51.100.11" },
  "short.corp.example": { 1: "198.51.100.10" },
  "office.example.net": { 1: "10.99.0.5" },
  "rebound.example.net": { 1: "127.0.0.1" },
  "cloud.example.net": { 1: "169.254.169.254" },
};
const A = 1;
const AAAA = 28;
const NXDOMAIN = 3;

/** Serves a port on every address, for both families. A client that is gone before it is accepted (ENOTCONN) ends nothing. */
function listen(port: number, serve: (connection: Deno.TcpConn) => Promise<void>): void {
  const listener = Deno.listen({ hostname: "::", port });
  void (async () => {
    for (;;) {
      const connection = await listener.accept().catch(() => undefined);
      if (!connection) continue;
      serve(connection).catch(() => {}).finally(() => {
        try {
          connection.close();
        } catch {
          // It was closed.
        }
      });
    }
  })();
}

/** Answers the first lines of a request with who asked for what. */
async function web(connection: Deno.TcpConn): Promise<void> {
  const buffer = new Uint8Array(4_096);
  const count = await connection.read(buffer) ?? 0;
  const text = new TextDecoder().decode(buffer.subarray(0, count));
  const host = /^host: *(\S+)/im.exec(text)?.[1] ?? "-";
  const plain = (address: string) => address.replace(/^::ffff:/, "");
  const words = `${role} ${plain(connection.localAddr.hostname)} ${host}\n`;
  const head = `HTTP/1.0 200 OK\r\nContent-Length: ${words.length}\r\n\r\n`;
  await connection.write(encoder.encode(head + words));
}

async function echo(connection: Deno.TcpConn): Promise<void> {
  const buffer = new Uint8Array(65_536);
  for (let count = await connection.read(buffer); count !== null; count = await connection.read(buffer)) {
    for (let at = 0; at < count;) at += await connection.write(buffer.subarray(at, count));
  }
  // Only a client whose end was passed on as a half-close still hears this.
  await connection.write(encoder.encode("end heard\n"));
}

async function much(connection: Deno.TcpConn): Promise<void> {
  while (await connection.read(new Uint8Array(1_024)) !== null);
  const bytes = new Uint8Array(MUCH_BYTES);
  for (let at = 0; at < bytes.length;) at += await connection.write(bytes.subarray(at));
}

/** An answer to a question of one name (RFC 1035, 4.1). */
function answer(query: Uint8Array): Uint8Array<ArrayBuffer> {
  const labels: string[] = [];
  let at = 12;
  for (let length = query[at] ?? 0; length > 0; length = query[at] ?? 0) {
    labels.push(new TextDecoder().decode(query.subarray(at + 1, at + 1 + length)).toLowerCase());
    at += 1 + length;
  }
  const type = (query[at + 1] ?? 0) << 8 | (query[at + 2] ?? 0);
  const question = query.subarray(12, at + 5);
  const known = zone[labels.join(".")];
  const address = known?.[type];
  const data = address === undefined
    ? []
    : type === AAAA
    ? sixBytes(address)
    : address.split(".").map(Number);
  const counts = [0, 1, 0, data.length > 0 ? 1 : 0, 0, 0, 0, 0];
  const record = data.length === 0 ? [] : [0xc0, 12, 0, type, 0, 1, 0, 0, 0, 60, 0, data.length, ...data];
  return Uint8Array.from([
    ...query.subarray(0, 2),
    ...[0x81, 0x80 | (known || type !== A && type !== AAAA ? 0 : NXDOMAIN)],
    ...counts,
    ...question,
    ...record,
  ]);
}

function sixBytes(address: string): number[] {
  const [head = "", tail = ""] = address.split("::");
  const groups = (text: string) =>
    text.split(":").filter((word) => word !== "").flatMap((word) => {
      const group = Number.parseInt(word, 16);
      return [group >> 8, group & 255];
    });
  const [first, last] = [groups(head), groups(tail)];
  return [...first, ...Array<number>(16 - first.length - last.length).fill(0), ...last];
}

async function nameServer(connection: Deno.TcpConn): Promise<void> {
  const buffer = new Uint8Array(4_096);
  const count = await connection.read(buffer) ?? 0;
  const said = answer(buffer.subarray(2, count));
  await connection.write(Uint8Array.from([said.length >> 8, said.length & 255, ...said]));
}

/** On one address: what a socket of all addresses sends comes from that of the interface. */
function datagrams(
  address: string,
  port: number,
  reply: (bytes: Uint8Array) => Uint8Array,
): Promise<void> {
  const socket = createSocket("udp4");
  socket.on("message", (bytes, { port, address }) => socket.send(reply(bytes), port, address));
  return new Promise((resolve) => socket.bind(port, address, resolve));
}

if (role === "host") {
  listen(8080, web);
} else {
  if (role !== "no web") {
    listen(80, web);
    listen(443, web);
  }
  listen(7, echo);
  listen(9, much);
  listen(53, nameServer);
  await Promise.all([
    datagrams("198.51.100.53", 53, answer),
    datagrams("198.51.100.10", 7, (bytes) => bytes),
  ]);
}
console.log("ready");
