/**
 * What the tests have a guest do: each deed by its name, with the server's address and port; prints what it found.
 *
 * @module
 */
const [deed = "", hostname = "", portText = "0", ...rest] = Deno.args;
const port = Number(portText);
const connect = () => Deno.connect({ hostname, port });

/** The same bytes on both sides. */
function pattern(length: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  let state = 1;
  for (let at = 0; at < length; at++) bytes[at] = state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 3;
  return bytes;
}

async function digest(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex();
}

async function writeAll(conn: Deno.Conn, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) at += await conn.write(bytes.subarray(at));
}

async function readAll(conn: Deno.Conn): Promise<Uint8Array<ArrayBuffer>> {
  const parts: Uint8Array<ArrayBuffer>[] = [];
  const buffer = new Uint8Array(262_144);
  for (let count = await conn.read(buffer); count !== null; count = await conn.read(buffer)) {
    parts.push(buffer.slice(0, count));
  }
  return new Uint8Array(await new Blob(parts).arrayBuffer());
}

const deeds: Readonly<Record<string, () => Promise<unknown>>> = {
  /** How a connection fails, and how soon. */
  fail: async () => {
    const begun = performance.now();
    const how = await connect().then(
      (conn) => (conn.close(), "connected"),
      (error) => error.code ?? error.name,
    );
    return { how, quick: performance.now() - begun < 900 };
  },
  /** Sends, ends, and reads the answer. */
  ask: async () => {
    using conn = await connect();
    await writeAll(conn, new TextEncoder().encode(rest[0] ?? ""));
    await conn.closeWrite();
    return new TextDecoder().decode(await readAll(conn));
  },
  /** Sends much, and gets as much back at the same time. */
  both: async () => {
    using conn = await connect();
    const bytes = pattern(Number(rest[0]));
    const [back] = await Promise.all([readAll(conn), writeAll(conn, bytes).then(() => conn.closeWrite())]);
    return { same: await digest(back) === await digest(bytes), length: back.length };
  },
  /** Many connections, so many at a time. */
  many: async () => {
    const [count = 0, at = 1] = rest.map(Number);
    let [next, good] = [0, 0];
    const begun = performance.now();
    const work = async () => {
      while (next++ < count) {
        using conn = await connect();
        await writeAll(conn, new Uint8Array(100));
        await conn.closeWrite();
        if ((await readAll(conn)).length === 100) good++;
      }
    };
    await Promise.all(Array.from({ length: at }, work));
    return { good, perSecond: Math.round(count / (performance.now() - begun) * 1_000) };
  },
  /** So many connections at once, each of which says something when all are there. */
  crowd: async () => {
    const all = await Promise.all(Array.from({ length: Number(rest[0]) }, connect));
    const answers = await Promise.all(all.map(async (conn, index) => {
      await writeAll(conn, new Uint8Array(1_000).fill(index));
      await conn.closeWrite();
      const back = await readAll(conn);
      conn.close();
      return back.length === 1_000 && back.every((byte) => byte === (index & 255));
    }));
    return answers.filter(Boolean).length;
  },
  /** One byte there and back, again and again: microseconds. */
  echo: async () => {
    using conn = await connect();
    conn.setNoDelay(true);
    const byte = new Uint8Array(1);
    const times: number[] = [];
    for (let round = 0; round < Number(rest[0]); round++) {
      const begun = performance.now();
      await conn.write(byte);
      await conn.read(byte);
      times.push((performance.now() - begun) * 1_000);
    }
    times.sort((a, b) => a - b);
    const at = (part: number) => Math.round(times[Math.floor(times.length * part)] ?? 0);
    return { p50: at(0.5), p99: at(0.99) };
  },
  /** One question after the other, each by a name of its own: microseconds. */
  dns: async () => {
    const socket = Deno.listenDatagram({ transport: "udp", hostname: "0.0.0.0", port: 0 });
    const times: number[] = [];
    for (let round = 0; round < Number(rest[0]); round++) {
      const label = new TextEncoder().encode(`n${round}`);
      const name = [label.length, ...label, 7, ...new TextEncoder().encode("example"), 0];
      const query = Uint8Array.of(round >> 8, round & 255, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, ...name, 0, 1, 0, 1);
      const begun = performance.now();
      await socket.send(query, { transport: "udp", hostname, port });
      await socket.receive();
      times.push((performance.now() - begun) * 1_000);
    }
    socket.close();
    times.sort((a, b) => a - b);
    const at = (part: number) => Math.round(times[Math.floor(times.length * part)] ?? 0);
    return { p50: at(0.5), p99: at(0.99) };
  },
  /** Reads slowly what the server sends fast. */
  slow: async () => {
    using conn = await connect();
    const buffer = new Uint8Array(Number(rest[0]));
    let length = 0;
    for (let count = await conn.read(buffer); count !== null; count = await conn.read(buffer)) {
      length += count;
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    return length;
  },
  /** How a connection that the server resets ends. */
  reset: async () => {
    using conn = await connect();
    const got: number[] = [];
    const buffer = new Uint8Array(100);
    try {
      for (let count = await conn.read(buffer); count !== null; count = await conn.read(buffer)) {
        got.push(count);
      }
    } catch (error) {
      return { got, how: error instanceof Error && "code" in error ? error.code : String(error) };
    }
    return { got, how: "end" };
  },
  /** Cuts the server off: what is not read when a socket is closed makes Linux send a reset. */
  cut: async () => {
    const conn = await connect();
    await conn.read(new Uint8Array(1));
    conn.close();
    return "cut";
  },
  /** Datagrams of some sizes, there and back. */
  udp: async () => {
    const socket = Deno.listenDatagram({
      transport: "udp",
      hostname: hostname.includes(":") ? "::" : "0.0.0.0",
      port: 0,
    });
    const sizes: number[] = [];
    for (const size of rest.map(Number)) {
      await socket.send(pattern(size), { transport: "udp", hostname, port });
      const [back] = await socket.receive(new Uint8Array(65_536));
      sizes.push((await digest(back.slice())) === await digest(pattern(size)) ? back.length : -1);
    }
    socket.close();
    return sizes;
  },
};

console.log(JSON.stringify(await deeds[deed]?.()));
