import { assertEquals, assertRejects } from "../../tests/harness/assert.ts";
import { SmolvmError } from "../error.ts";
import { type CopyPlace, hostWords, outputOf, runCopy, transfer } from "./transfer.ts";

const signal = new AbortController().signal;

function place(code: number, stdout: string, stderr: string): CopyPlace {
  return {
    root: "/",
    run: async (_args, streams) => {
      await streams.stdout(new TextEncoder().encode(stdout));
      await streams.stderr(new TextEncoder().encode(stderr));
      return code;
    },
  };
}

Deno.test("runCopy() shows the first line of a complaint, without control characters", async () => {
  assertEquals(await outputOf(place(0, "text", ""), [], { word: "a", signal }), "text");
  const failed = place(1, "", "x\x1b[2J: it is full\nmore\n");
  const run = runCopy(failed, [], { stdout: () => Promise.resolve() }, { word: "web:/a", signal });
  await assertRejects(() => run, SmolvmError, "cannot copy web:/a: x?[2J: it is full");
});

Deno.test("hostWords() says in digits what is not UTF-8, and outputOf() reads it back", async () => {
  assertEquals(hostWords(["pack", "/", "/a"]), ["pack", "/", "/a"]);
  assertEquals(hostWords(["pack", "/", "/\udcff"]), ["hex", "7061636b", "2f", "2fff"]);
  const bytes: CopyPlace = {
    root: "/",
    run: async (_args, { stdout }) => {
      for (const byte of [0x64, 0xc3, 0xa4, 0xff]) await stdout(Uint8Array.of(byte));
      return 0;
    },
  };
  assertEquals(await outputOf(bytes, [], { word: "a", signal }), "d\u00e4\udcff");
});

Deno.test("transfer() passes all bytes on, and holds the writer back", async () => {
  let got = 0;
  let counted = 0;
  await transfer(async (sink) => {
    for (let at = 0; at < 10; at++) await sink(new Uint8Array(1000));
  }, async (stream) => {
    for await (const bytes of stream) got += bytes.byteLength;
  }, (bytes) => counted = bytes);
  assertEquals([got, counted], [10_000, 10_000]);
});

Deno.test("transfer() tells why the writer failed, else why the reader did, and waits for neither", async () => {
  const full = new SmolvmError("process", { action: "copy", subject: "b", reason: "it is full" });
  const gone = new SmolvmError("process", { action: "copy", subject: "a", reason: "it broke off" });
  const endless = async (sink: (bytes: Uint8Array) => Promise<void>) => {
    try {
      for (;;) await sink(new Uint8Array(10));
    } catch {
      throw gone;
    }
  };
  await assertRejects(() => transfer(endless, () => Promise.reject(full)), SmolvmError, "it is full");
  const drain = async (stream: ReadableStream<Uint8Array>) => {
    for await (const _ of stream);
    throw gone;
  };
  await assertRejects(() => transfer(() => Promise.reject(full), drain), SmolvmError, "it is full");
});
