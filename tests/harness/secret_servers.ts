/**
 * TLS servers for the tests of secrets, as a process of its own in the namespace of small_internet.ts:
 * `secret_servers.ts VALUE`. Each listens on port 8443 with certificates of an authority that is made here, and whose
 * certificate is said first, as one line of JSON. The first knows VALUE, and says whether a request brought it.
 *
 * @module
 */
import { Authority } from "../../src/net/secrets/authority.ts";

const [value = ""] = Deno.args;
const authority = new Authority();
const encoder = new TextEncoder();

/** Names by address: www.example.net is that of the secret. */
const names = { "198.51.100.10": "www.example.net", "198.51.100.11": "other.example.net" } as const;

for (const [hostname, name] of Object.entries(names)) {
  const listener = Deno.listenTls({ hostname, port: 8_443, ...authority.leaf(name) });
  void (async () => {
    for await (const connection of listener) void serve(connection, name).catch(() => {});
  })();
}
console.log(JSON.stringify({ certificate: authority.certificate }));

/** Answers one request: what it brought, but for the value, which nobody inside is to see. */
async function serve(connection: Deno.TlsConn, name: string): Promise<void> {
  const buffer = new Uint8Array(16_384);
  let text = "";
  while (!text.includes("\r\n\r\n")) {
    const count = await connection.read(buffer);
    if (count === null) return connection.close();
    text += new TextDecoder().decode(buffer.subarray(0, count));
  }
  const [, authorization = "nothing"] = /^authorization: *(.*)\r$/im.exec(text) ?? [];
  const basic = /^Basic (.*)$/.exec(authorization)?.[1];
  const plain = basic === undefined ? authorization : `Basic ${atob(basic)}`;
  const words = `${name} got ${plain.replace(value, "the value")}\n`;
  await connection.write(
    encoder.encode(`HTTP/1.1 200 OK\r\nContent-Length: ${words.length}\r\nConnection: close\r\n\r\n${words}`),
  );
  await connection.closeWrite();
  connection.close();
}
