import { assertEquals } from "../../tests/harness/assert.ts";
import { Descriptor } from "./descriptor.ts";
import { libc } from "./libc.ts";
import { vectorsOf } from "./vectors.ts";

Deno.test({
  name: "vectorsOf() makes what writev(2) and readv(2) move in pieces, over a view of a buffer",
  ignore: Deno.build.os !== "linux",
  fn: () => {
    const bytes = Uint8Array.from({ length: 70_000 }, (_, index) => index % 251).subarray(5, 65_005);
    const { read, write } = Descriptor.pipe("read");
    using _read = read;
    using _write = write;
    const sent = vectorsOf(bytes, 32_768);
    assertEquals([sent.count, Number(libc.writev(write.fd, sent.list, sent.count))], [2, 65_000]);
    const back = new Uint8Array(66_000);
    const got = vectorsOf(back, 4096);
    assertEquals([got.count, Number(libc.readv(read.fd, got.list, got.count))], [17, 65_000]);
    assertEquals(back.subarray(0, 65_000).toHex() === bytes.toHex(), true);
  },
});
