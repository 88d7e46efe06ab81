import { assertEquals } from "../../tests/harness/assert.ts";
import { nullStreams } from "./null_streams.ts";

Deno.test({
  name: "nullStreams() gives no input, takes any output, and is closed by `using`",
  ignore: Deno.build.os !== "linux",
  fn: async () => {
    const streams = nullStreams();
    {
      using _streams = streams;
      assertEquals(await streams.stdin.read(new Uint8Array(8)), null);
      assertEquals(await streams.stdout.write(new Uint8Array(8)), true);
      assertEquals(await streams.stderr.write(new Uint8Array(8)), true);
    }
    assertEquals(await streams.stdout.write(new Uint8Array(8)), false);
  },
});
