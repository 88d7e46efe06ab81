import { assertEquals } from "../../tests/harness/assert.ts";
import { socketDescriptor } from "./socket_descriptor.ts";

// The C library stays open for the life of the process, for which no test is to blame.
const nobody: Deno.NetAddr = { transport: "tcp", hostname: "192.0.2.1", port: 1 };
socketDescriptor(nobody, nobody);

Deno.test({
  name: "socketDescriptor() finds each end of a connection, and none of a connection that there is not",
  ignore: Deno.build.os !== "linux",
  fn: async () => {
    using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    using client = await Deno.connect({ hostname: "127.0.0.1", port: listener.addr.port });
    using server = await listener.accept();
    const link = (fd: number | undefined) =>
      fd === undefined ? undefined : Deno.readLinkSync(`/proc/self/fd/${fd}`);
    const ends = [client, server].map(({ localAddr, remoteAddr }) =>
      link(socketDescriptor(localAddr as Deno.NetAddr, remoteAddr as Deno.NetAddr))
    );
    assertEquals(ends.map((end) => end?.startsWith("socket:")), [true, true]);
    assertEquals(ends[0] === ends[1], false);
    assertEquals(socketDescriptor(client.localAddr, nobody), undefined);
  },
});
