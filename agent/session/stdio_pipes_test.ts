import type { GuestMessages } from "../../src/guest_protocol/messages.ts";
import type { ServerStream } from "../../src/wire/server_link.ts";
import { Channel } from "../../src/wire/stream.ts";
import { assertEquals } from "../../tests/harness/assert.ts";
import { openPipes } from "./stdio_pipes.ts";

Deno.test({
  name:
    "openPipes() carries what is written into each pipe to its channel, once the program's ends are closed",
  ignore: Deno.build.os !== "linux",
  // The reactor's one wait goes on from test to test, as it does in the agent.
  sanitizeOps: false,
  fn: async () => {
    const heard: string[] = [];
    const stream = {
      write: (channel: Channel, bytes: Uint8Array) => {
        heard.push(`${channel}: ${new TextDecoder().decode(bytes)}`);
        return Promise.resolve(true);
      },
      end: (channel: Channel) => heard.push(`${channel} ended`),
      read: () => Promise.resolve(null),
    } as unknown as ServerStream<GuestMessages>;
    using stdio = openPipes(true);
    await stdio.streams.stdout.write(new TextEncoder().encode("out"));
    await stdio.streams.stderr.write(new TextEncoder().encode("err"));
    await stdio.carry(stream).done;
    const { stdout, stderr } = Channel;
    assertEquals(heard.sort(), [`${stdout} ended`, `${stdout}: out`, `${stderr} ended`, `${stderr}: err`]);
  },
});
