import type { GuestMessages } from "../../src/guest_protocol/messages.ts";
import type { ServerStream } from "../../src/wire/server_link.ts";
import { Channel } from "../../src/wire/stream.ts";
import { assertEquals } from "../../tests/harness/assert.ts";
import { openNull } from "./stdio_null.ts";

Deno.test({
  name: "openNull() ends both output channels when it begins to carry, and closes its descriptors",
  ignore: Deno.build.os !== "linux",
  fn: async () => {
    const ended: Channel[] = [];
    using stdio = openNull();
    const carried = stdio.carry(
      { end: (channel: Channel) => ended.push(channel) } as unknown as ServerStream<GuestMessages>,
    );
    await carried.done;
    assertEquals(ended, [Channel.stdout, Channel.stderr]);
    assertEquals(await stdio.streams.stdout.write(new Uint8Array(1)), false);
  },
});
