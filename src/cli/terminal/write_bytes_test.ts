import { createHash } from "node:crypto";
import { assertEquals, assertThrows } from "../../../tests/harness/assert.ts";
import { runOnSlowStream } from "../../../tests/harness/slow_streams.ts";
import { SmolvmError } from "../../error.ts";
import { writeBytes } from "./write_bytes.ts";

Deno.test("writeBytes() goes on where a stream took a part only", () => {
  const taken: number[] = [];
  const slow = {
    writeSync: (bytes: Uint8Array) => taken.push(...bytes.subarray(0, 2)) && Math.min(2, bytes.length),
  };
  writeBytes(slow, new Uint8Array([1, 2, 3, 4, 5]));
  assertEquals(taken, [1, 2, 3, 4, 5]);
});

Deno.test("writeBytes() says in words that a disk is full, and lets a broken pipe through", () => {
  using full = Deno.openSync("/dev/full", { write: true });
  assertThrows(() => writeBytes(full, new Uint8Array(1)), SmolvmError, "no space is left on the disk");
  const closed = {
    writeSync: (): number => {
      throw new Deno.errors.BrokenPipe();
    },
  };
  assertThrows(() => writeBytes(closed, new Uint8Array(1)), Deno.errors.BrokenPipe);
});

/** Writes 2 MB of pieces that no pipe takes at once, each way in turn: lines, of which the runtime keeps parts for itself. */
const writer = `
import { writeBytes, writeBytesAsync } from "${new URL("./write_bytes.ts", import.meta.url)}";
const file = Deno[Deno.args[0]];
for (let piece = 0; piece < 20; piece++) {
  const bytes = Uint8Array.from({ length: 100_003 }, (_, at) => at % 19 === 18 ? 10 : 65 + piece);
  if (piece % 2) writeBytes(file, bytes); else await writeBytesAsync(file, bytes);
}
`;
const written = Array.from({ length: 20 }, (_, piece) => {
  const line = `${String.fromCharCode(65 + piece).repeat(18)}\n`;
  return line.repeat(Math.ceil(100_003 / line.length)).slice(0, 100_003);
}).join("");

for (const kind of ["pipe", "socket"] as const) {
  for (const direction of ["out", "err"] as const) {
    const name = `std${direction}`;
    Deno.test(`writeBytes() loses nothing where ${name} is a non-blocking ${kind} that is read slowly`, async () => {
      const command = [Deno.execPath(), "eval", "--quiet", writer, name];
      const sha256 = createHash("sha256").update(written).digest("hex");
      assertEquals(await runOnSlowStream({ kind, direction }, command), { code: 0, sha256 });
    });
  }
}
