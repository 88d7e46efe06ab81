import { assertEquals } from "../../../tests/harness/assert.ts";
import "../../../tests/harness/open_libc.ts";
import { openEcho, readEcho } from "./echo_socket.ts";

Deno.test("readEcho() reads answers to echoes, behind a header of IPv4 too, and nothing else", () => {
  const answer = Uint8Array.fromHex("0000ffff" + "00070102" + "6869");
  const read = { identifier: 7, sequence: 0x102, data: Uint8Array.fromHex("6869") };
  assertEquals(readEcho(answer, 4), read);
  assertEquals(readEcho(new Uint8Array([0x45, ...new Uint8Array(19), ...answer]), 4), read);
  assertEquals(readEcho(answer.with(0, 129), 6), read);
  for (
    const [bytes, version] of [
      [answer, 6],
      [answer.with(0, 8), 4],
      [answer.with(1, 1), 4],
      [answer.subarray(0, 7), 4],
      [new Uint8Array([0x45, 0, 0]), 4],
      [new Uint8Array(0), 4],
    ] as const
  ) assertEquals(readEcho(bytes, version), undefined);
});

for (const [version, loopback] of [[4, [127, 0, 0, 1]], [6, [...new Uint8Array(15), 1]]] as const) {
  Deno.test(`openEcho() pings this host's loopback, or is refused by its system, IPv${version}`, async () => {
    const heard = Promise.withResolvers<string>();
    try {
      const socket = openEcho(version, ({ sequence, data }) => heard.resolve(`${sequence} ${data.length}`));
      socket.send({ to: new Uint8Array(loopback), sequence: 517, data: new Uint8Array(60_000) });
      assertEquals(await heard.promise, "517 60000");
      socket.close();
      socket.close();
      await socket.over;
    } catch (error) {
      if (!(error instanceof Error && "code" in error)) throw error;
      // net.ipv4.ping_group_range leaves this group out; tests/network/clients_test.ts sets it.
      assertEquals(error.code, "EACCES");
    }
  });
}
