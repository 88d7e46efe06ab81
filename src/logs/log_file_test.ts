import { assertEquals, assertTrue } from "../../tests/harness/assert.ts";
import { decodePiece, encodePiece, logFiles, type LogPiece, LogWriter } from "./log_file.ts";

const text = (words: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(words);

Deno.test("decodePiece() reads what encodePiece() wrote, bytes that are no text too", () => {
  const pieces: LogPiece[] = [
    { time: 1, stream: "stdout", bytes: text("hello\n\u{1f600}") },
    { time: 2, stream: "stderr", bytes: Uint8Array.of(0xff, 0, 10, 0xc3) },
  ];
  for (const piece of pieces) {
    assertEquals(decodePiece(new TextDecoder().decode(encodePiece(piece)).trimEnd()), piece);
  }
});

Deno.test("decodePiece() skips a line that was cut short", () => {
  assertEquals(decodePiece('{"t":1,"s":1,"text":"he'), undefined);
  assertEquals(decodePiece('{"t":1,"s":7,"text":""}'), undefined);
});

Deno.test("LogWriter keeps three files of bounded size, the newest pieces in them", () => {
  const folder = Deno.makeTempDirSync();
  const path = `${folder}/log`;
  {
    using log = new LogWriter(path, 1_000);
    for (let index = 0; index < 100; index++) {
      log.write({ time: index, stream: "stdout", bytes: text(`line ${index} ${"x".repeat(50)}\n`) });
    }
  }
  assertEquals(logFiles(path), [`${path}.2`, `${path}.1`, path]);
  const times = logFiles(path).flatMap((file) =>
    Deno.readTextFileSync(file).trimEnd().split("\n").map((line) => decodePiece(line)?.time)
  );
  assertEquals(times.at(-1), 99);
  assertEquals(times, Array.from({ length: times.length }, (_, index) => 100 - times.length + index));
  assertTrue(logFiles(path).every((file) => Deno.statSync(file).size <= 1_000));
  Deno.removeSync(folder, { recursive: true });
});

Deno.test("LogWriter begins a new line where a killed writer left half of one", () => {
  const folder = Deno.makeTempDirSync();
  Deno.writeTextFileSync(`${folder}/log`, '{"t":1,"s":1,"te');
  {
    using log = new LogWriter(`${folder}/log`);
    log.write({ time: 2, stream: "stdout", bytes: text("whole\n") });
  }
  const pieces = Deno.readTextFileSync(`${folder}/log`).split("\n").flatMap((line) =>
    decodePiece(line) ?? []
  );
  assertEquals(pieces.map(({ time }) => time), [2]);
  Deno.removeSync(folder, { recursive: true });
});
