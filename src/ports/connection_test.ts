import { assertRejects } from "../../tests/harness/assert.ts";
import { Connection } from "./connection.ts";

Deno.test("Connection takes one whose options cannot be set any more, and says by its first read that it is gone", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const [client, inner] = await Promise.all([
    Deno.connect({ hostname: "127.0.0.1", port: listener.addr.port }),
    listener.accept(),
  ]);
  client.close();
  inner.close();
  const connection = new Connection(inner);
  await assertRejects(() => connection.read(new Uint8Array(1)), Deno.errors.BadResource);
});
