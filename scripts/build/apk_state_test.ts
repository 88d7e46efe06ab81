import { Buffer } from "node:buffer";
import { gunzipSync, gzipSync } from "node:zlib";
import { assertEquals, assertThrows, assertTrue } from "../../tests/harness/assert.ts";
import { type Package, parseDatabase } from "./apk.ts";
import { keepScripts, keepTriggers } from "./apk_state.ts";

const packages: Package[] = parseDatabase("C:Q1aaa=\nP:busybox\nV:1.37-r0\n\nC:Q1bbb=\nP:musl\nV:1.2-r1\n");

function tarEntry(name: string, content: string, type = "0"): Uint8Array {
  const block = new Uint8Array(1024);
  const encoder = new TextEncoder();
  block.set(encoder.encode(name));
  block.set(encoder.encode(content.length.toString(8).padStart(11, "0")), 124);
  block.set(encoder.encode(type), 156);
  block.set(encoder.encode(content), 512);
  return block;
}

Deno.test("keepTriggers() keeps the lines of the packages", () => {
  assertEquals(
    keepTriggers("Q1bbb= /lib\nQ1ccc= /usr\nQ1aaa= /bin /sbin\n", packages),
    [
      "Q1bbb= /lib\n",
      "Q1aaa= /bin /sbin\n",
    ].join(""),
  );
});

Deno.test("keepScripts() keeps whole entries of the packages, and no other's whose name begins alike", () => {
  const wanted = tarEntry("busybox-1.37-r0.X1aaa.trigger", "#!/bin/sh\n");
  const other = tarEntry("busybox-openrc-1.37-r0.X1ddd.trigger", "#!/bin/sh\n");
  const archive = gzipSync(Buffer.concat([other, wanted, other, new Uint8Array(1024)]));
  const kept = gunzipSync(keepScripts(archive, packages));
  assertEquals(kept.length, wanted.length + 1024);
  assertTrue(kept.subarray(0, 1024).equals(wanted));
});

Deno.test("keepScripts() refuses entries it does not know how to keep", () => {
  const archive = gzipSync(tarEntry("pax", "30 path=x\n", "x"));
  assertThrows(() => keepScripts(archive, packages), Error, "type x");
});
