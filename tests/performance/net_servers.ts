/**
 * Servers for the bench of the network, as a process of its own, so that no gateway under test pays for them:
 * `net_servers.ts CERTIFICATE KEY` has an echo, HTTPS that sends as many bytes as its path says, and a resolver on this
 * host's loopback; prints their ports as JSON.
 *
 * @module
 */
import { createSocket } from "node:dgram";
import { echo, Server } from "../network/servers.ts";

/** Where they listen. */
export interface NetPorts {
  readonly echo: number;
  readonly https: number;
  readonly dns: number;
}

const PIECE = 262_144;

/** So many zeros. */
function zeros(length: number): ReadableStream<Uint8Array> {
  let left = length;
  return new ReadableStream({
    pull: (controller) => {
      const count = Math.min(left, PIECE);
      left -= count;
      if (count > 0) controller.enqueue(new Uint8Array(count));
      if (left === 0) controller.close();
    },
  });
}

/** The question's answer: one address, an hour long (RFC 1035, section 4.1). */
function answer(query: Uint8Array): Uint8Array {
  const end = 12 + query.subarray(12).indexOf(0) + 5;
  const record = [0xc0, 12, 0, 1, 0, 1, 0, 0, 14, 16, 0, 4, 192, 0, 2, 1];
  return Uint8Array.of(
    ...query.subarray(0, 2),
    0x81,
    0x80,
    0,
    1,
    0,
    1,
    0,
    0,
    0,
    0,
    ...query.subarray(12, end),
    ...record,
  );
}

if (import.meta.main) {
  const [certificate = "", key = ""] = Deno.args;
  const echoes = new Server(echo);
  const https = Deno.serve({
    hostname: "127.0.0.1",
    port: 0,
    cert: Deno.readTextFileSync(certificate),
    key: Deno.readTextFileSync(key),
    onListen: () => {},
  }, ({ url }) => new Response(zeros(Number(new URL(url).pathname.slice(1)))));
  const resolver = createSocket("udp4");
  resolver.on("message", (query, { port, address }) => resolver.send(answer(query), port, address));
  await new Promise<void>((resolve) => resolver.bind(0, "127.0.0.1", resolve));
  const ports: NetPorts = { echo: echoes.port, https: https.addr.port, dns: resolver.address().port };
  console.log(JSON.stringify(ports));
}
