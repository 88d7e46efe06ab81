import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { assertEquals, assertRejects } from "../../../tests/harness/assert.ts";
import "../../../tests/harness/open_libc.ts";
import { tarOf } from "../../../tests/harness/tar.ts";
import { SmolvmError } from "../../error.ts";
import type { Digest } from "../model/image.ts";
import type { LayerSource } from "../model/layer_source.ts";
import { buildDisk, type BuildOptions } from "./build_disk.ts";
import { DEFAULT_LIMITS } from "../model/limits.ts";

const tar = tarOf([{ path: "a", data: "x".repeat(5000) }]);
const diffId: Digest = `sha256:${createHash("sha256").update(tar).digest("hex")}`;

function layer(bytes: Uint8Array, id?: Digest): LayerSource {
  return { name: "it", ...(id && { diffId: id }), open: () => Promise.resolve(ReadableStream.from([bytes])) };
}

async function withOutput(body: (output: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await body(join(folder, "disk.erofs"));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("buildDisk() writes a disk, compressed or not the same, and counts", async () => {
  await withOutput(async (output) => {
    let unpacked = 0;
    const built = await buildDisk([layer(gzipSync(tar), diffId)], output, {
      onProgress: (bytes) => unpacked = bytes,
    });
    assertEquals([built.bytes, built.entries, unpacked], [Deno.statSync(output).size, 1, tar.byteLength]);
    const first = Deno.readFileSync(output);
    Deno.removeSync(output);
    await buildDisk([layer(tar)], output);
    assertEquals(Deno.readFileSync(output), first);
  });
});

Deno.test("buildDisk() leaves nothing behind when a layer is not what it should be", async () => {
  const other: Digest = `sha256:${"0".repeat(64)}`;
  const small = { ...DEFAULT_LIMITS, unpackedBytes: 4000 };
  const zeros = gzipSync(new Uint8Array(10_000_000));
  const cases: [LayerSource, string, BuildOptions][] = [
    [layer(tar, other), `not ${other}`, {}],
    [layer(gzipSync(tar).subarray(0, 60)), "corrupt or truncated", {}],
    [layer(tar.subarray(0, 3000)), "ends within an entry", {}],
    [layer(tar), "more than 4000 bytes", { limits: small }],
    [layer(zeros), "more than 4000 bytes", { limits: small }],
    [layer(new TextEncoder().encode("<html>".repeat(200))), "is not a number", {}],
  ];
  await withOutput(async (output) => {
    for (const [source, words, options] of cases) {
      const error = await assertRejects(() => buildDisk([source], output, options), SmolvmError, words);
      assertEquals([error.kind, error.subject, existsSync(output)], ["image", "it", false]);
    }
  });
});

Deno.test("buildDisk() stops when its signal fires", async () => {
  await withOutput(async (output) => {
    const stop = new AbortController();
    const endless = {
      name: "endless",
      open: () =>
        Promise.resolve(
          new ReadableStream<Uint8Array>({
            pull(controller) {
              stop.abort(new Error("enough"));
              controller.enqueue(tar);
            },
          }),
        ),
    };
    await assertRejects(() => buildDisk([endless], output, { signal: stop.signal }), Error, "enough");
    assertEquals(existsSync(output), false);
  });
});
