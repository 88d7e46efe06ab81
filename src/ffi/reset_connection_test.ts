import { assertEquals, assertRejects } from "../../tests/harness/assert.ts";
import "../../tests/harness/open_libc.ts";
import { resetConnection } from "./reset_connection.ts";

Deno.test({
  name: "resetConnection() has the peer read what was sent, and then a reset in place of an end",
  ignore: Deno.build.os !== "linux",
  fn: async () => {
    using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    using client = await Deno.connect({ hostname: "127.0.0.1", port: listener.addr.port });
    const server = await listener.accept();
    const reading = server.read(new Uint8Array(1)).catch(() => "ended");
    await server.write(new Uint8Array(3));
    resetConnection(server);
    assertEquals(await reading, "ended");
    assertEquals(await client.read(new Uint8Array(9)), 3);
    await assertRejects(() => client.read(new Uint8Array(9)), Deno.errors.ConnectionReset);
  },
});

for (const hostname of ["127.0.0.1", "::1"]) {
  Deno.test({
    name: `resetConnection() resets a connection that this process has made, and no other one: ${hostname}`,
    ignore: Deno.build.os !== "linux",
    fn: async () => {
      using listener = Deno.listen({ hostname, port: 0 });
      const { port } = listener.addr;
      const clients = [await Deno.connect({ hostname, port }), await Deno.connect({ hostname, port })];
      const servers = [await listener.accept(), await listener.accept()];
      const [first, second] = clients;
      if (first) resetConnection(first);
      await assertRejects(async () => await servers[0]?.read(new Uint8Array(9)), Deno.errors.ConnectionReset);
      await second?.write(new Uint8Array(2));
      assertEquals(await servers[1]?.read(new Uint8Array(9)), 2);
      for (const one of [second, ...servers]) one?.close();
    },
  });
}
