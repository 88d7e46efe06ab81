import { assertEquals } from "../../tests/harness/assert.ts";
import { type LogPiece, LogWriter } from "./log_file.ts";
import { LogCursor } from "./log_cursor.ts";
import { followLog, lastLines, readLog } from "./log_reader.ts";

const piece = (time: number, words: string): LogPiece => ({
  time,
  stream: "stdout",
  bytes: new TextEncoder().encode(words),
});
const words = (pieces: readonly LogPiece[]): string =>
  pieces.map(({ bytes }) => new TextDecoder().decode(bytes)).join("");

Deno.test("lastLines() counts lines, not pieces", () => {
  const pieces = [piece(1, "a\nb\nc"), piece(2, "c\n"), piece(3, "d\ne")];
  assertEquals(words(lastLines(pieces, 1)), "e");
  assertEquals(words(lastLines(pieces, 2)), "d\ne");
  assertEquals(words(lastLines(pieces, 3)), "cc\nd\ne");
  assertEquals(words(lastLines(pieces, 9)), "a\nb\ncc\nd\ne");
  assertEquals(words(lastLines([piece(1, "a\nb\n")], 1)), "b\n");
  assertEquals(lastLines(pieces, 0), []);
});

Deno.test("readLog() reads what is there from a time on, nothing where there is no log", () => {
  const folder = Deno.makeTempDirSync();
  {
    using log = new LogWriter(`${folder}/log`);
    for (const time of [1, 2, 3]) log.write(piece(time, `${time}\n`));
  }
  assertEquals(words(readLog(`${folder}/log`, { since: 2 })), "2\n3\n");
  assertEquals(words(readLog(`${folder}/log`, { tail: 1 })), "3\n");
  assertEquals(readLog(`${folder}/none`), []);
  Deno.removeSync(folder, { recursive: true });
});

Deno.test("followLog() yields all that is written until the end, across rotation", async () => {
  const folder = Deno.makeTempDirSync();
  const over = Promise.withResolvers<void>();
  const got: LogPiece[] = [];
  using cursor = new LogCursor(`${folder}/log`, "start");
  const followed = (async () => {
    for await (const one of followLog(`${folder}/log`, cursor, over.promise)) got.push(one);
  })();
  {
    using log = new LogWriter(`${folder}/log`, 300);
    for (let time = 0; time < 12; time++) {
      log.write(piece(time, `line ${time}\n`));
      await new Promise((resolve) => setTimeout(resolve, 15));
    }
  }
  over.resolve();
  await followed;
  assertEquals(got.map(({ time }) => time), Array.from({ length: 12 }, (_, index) => index));
  Deno.removeSync(folder, { recursive: true });
});
