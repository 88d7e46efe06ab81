import { assertEquals } from "../../../tests/harness/assert.ts";
import { openUdp, type UdpPeer } from "./udp_socket.ts";

/** Two sockets; what the first one is sent comes back from the second, which is told who it came from. */
async function echo(version: 4 | 6, sizes: readonly number[]): Promise<number[]> {
  const address = version === 4 ? "127.0.0.1" : "::1";
  const server = Deno.listenDatagram({ transport: "udp", hostname: address, port: 0 });
  const got: number[] = [];
  const heard = Promise.withResolvers<void>();
  let from: UdpPeer | undefined;
  const socket = openUdp(version, (datagram, peer) => {
    from = peer;
    got.push(datagram.length);
    if (got.length === sizes.length) heard.resolve();
  });
  const { port } = server.addr as Deno.NetAddr;
  for (const size of sizes) {
    await socket.send(new Uint8Array(size), { address, port });
    const [datagram, client] = await server.receive(new Uint8Array(65_536));
    await server.send(datagram, client);
  }
  await heard.promise;
  assertEquals(from, { address, port });
  socket.close();
  socket.close();
  server.close();
  return got;
}

Deno.test("datagrams from nothing to 65,507 bytes go out and come in", async () => {
  assertEquals(await echo(4, [0, 1, 1_500, 65_507]), [0, 1, 1_500, 65_507]);
});

Deno.test("the same with IPv6", async () => {
  assertEquals(await echo(6, [0, 65_507]), [0, 65_507]);
});
