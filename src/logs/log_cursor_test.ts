import { assertEquals } from "../../tests/harness/assert.ts";
import { LogCursor } from "./log_cursor.ts";
import { type LogPiece, LogWriter } from "./log_file.ts";

const piece = (time: number): LogPiece => ({
  time,
  stream: "stdout",
  bytes: new TextEncoder().encode(`line ${time}\n`),
});
const times = (pieces: Iterable<LogPiece>): number[] => [...pieces].map(({ time }) => time);
const numbers = (from: number, to: number): number[] =>
  Array.from({ length: to - from }, (_, index) => from + index);

Deno.test("LogCursor.next() misses nothing when files were rotated more than once since the last look", () => {
  const folder = Deno.makeTempDirSync();
  using log = new LogWriter(`${folder}/log`, 100);
  using cursor = new LogCursor(`${folder}/log`, "start");
  log.write(piece(0));
  assertEquals(times(cursor.next()), [0]);
  // Two or three lines fill a file, three files are kept.
  for (const time of numbers(1, 6)) log.write(piece(time));
  assertEquals(times(cursor.next()), numbers(1, 6));
  assertEquals(times(cursor.next()), []);
  Deno.removeSync(folder, { recursive: true });
});

Deno.test("LogCursor from the end sees only what comes, and a log that is not there yet from its beginning", () => {
  const folder = Deno.makeTempDirSync();
  using early = new LogCursor(`${folder}/log`, "end");
  using log = new LogWriter(`${folder}/log`);
  log.write(piece(1));
  using late = new LogCursor(`${folder}/log`, "end");
  log.write(piece(2));
  assertEquals([times(early.next()), times(late.next())], [[1, 2], [2]]);
  Deno.removeSync(folder, { recursive: true });
});
