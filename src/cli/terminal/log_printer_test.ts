import { assertEquals } from "../../../tests/harness/assert.ts";
import { LogPrinter, printLog } from "./log_printer.ts";

function printed(timestamps: boolean, pieces: readonly ["stdout" | "stderr", string, number][]): string[] {
  const lines: string[] = [];
  const write = (name: string) => (bytes: Uint8Array) => {
    lines.push(`${name}: ${new TextDecoder().decode(bytes)}`);
  };
  const printer = new LogPrinter(timestamps, { stdout: write("out"), stderr: write("err") });
  for (const [stream, text, time] of pieces) {
    printer.print({ stream, bytes: new TextEncoder().encode(text), time });
  }
  return lines;
}

Deno.test("LogPrinter writes each piece to its stream as it is", () => {
  assertEquals(printed(false, [["stdout", "a\nb", 0], ["stderr", "c", 0]]), ["out: a\nb", "err: c"]);
});

Deno.test("LogPrinter writes a time before each line, once where a line comes in pieces", () => {
  assertEquals(printed(true, [["stdout", "a\nb", 0], ["stderr", "c\n", 1_000], ["stdout", "b\n", 2_000]]), [
    "out: 1970-01-01T00:00:00.000Z ",
    "out: a\n",
    "out: 1970-01-01T00:00:00.000Z ",
    "out: b",
    "err: 1970-01-01T00:00:01.000Z ",
    "err: c\n",
    "out: b\n",
  ]);
});

Deno.test("printLog() prints a log as it comes", async () => {
  const words: string[] = [];
  const write = (bytes: Uint8Array): void => void words.push(new TextDecoder().decode(bytes));
  const piece = { stream: "stdout", bytes: new TextEncoder().encode("a\n"), time: 0 } as const;
  const log = ReadableStream.from([piece, piece]);
  await printLog(log, { timestamps: false }, { stdout: write, stderr: write });
  assertEquals(words, ["a\n", "a\n"]);
});
