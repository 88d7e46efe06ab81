import { assertEquals } from "../../tests/harness/assert.ts";
import { settled } from "../../tests/harness/stand_in_clock.ts";
import type { LogPiece } from "../logs/log_file.ts";
import { Output, type OutputReader } from "./output.ts";

/** Takes at once. */
class Quick implements OutputReader {
  text = "";
  take({ bytes }: LogPiece): void {
    this.text += new TextDecoder().decode(bytes);
  }
}

/** Takes a piece when it is told to, and says what it misses. */
class Slow implements OutputReader {
  text = "";
  #go: (() => void) | undefined;

  async take({ bytes }: LogPiece): Promise<void> {
    this.text += new TextDecoder().decode(bytes);
    await new Promise<void>((resolve) => this.#go = resolve);
  }

  missed(bytes: number): void {
    this.text += `[${bytes}]`;
  }

  /** Lets it take so many more pieces. */
  async reads(pieces: number): Promise<void> {
    for (; pieces > 0; pieces--) {
      this.#go?.();
      await settled();
    }
  }
}

function write(output: Output, text: string): void {
  output.write("stdout", new TextEncoder().encode(text));
}

Deno.test("Output hands each piece to every reader, in order, and copies the bytes", async () => {
  const [output, one, two] = [new Output(), new Quick(), new Slow()];
  output.subscribe(one);
  output.subscribe(two);
  const bytes = new TextEncoder().encode("a");
  output.write("stdout", bytes);
  output.write("stderr", bytes);
  bytes[0] = 0;
  write(output, "b");
  assertEquals([one.text, two.text], ["aab", "a"]);
  await two.reads(3);
  assertEquals(two.text, "aab");
});

Deno.test("Output tells readers the stream and the time of a piece", () => {
  const [output, pieces] = [new Output(), [] as LogPiece[]];
  output.subscribe({ take: (piece) => void pieces.push(piece) });
  const before = Date.now();
  output.write("stderr", Uint8Array.of(1));
  output.write("stdout", Uint8Array.of(2));
  assertEquals(pieces.map(({ stream, bytes }) => [stream, ...bytes]), [["stderr", 1], ["stdout", 2]]);
  assertEquals(pieces.every(({ time }) => time >= before && time <= Date.now()), true);
});

Deno.test("a slow reader of Output misses what is beyond its bound, and is told where and how much", async () => {
  const [output, quick, slow] = [new Output(), new Quick(), new Slow()];
  output.subscribe(slow, 4);
  output.subscribe(quick);
  for (const text of ["0", "12", "345", "6", "78", "9"]) write(output, text);
  // "0" is being taken, "12" and "6" wait, "345" and what is behind "6" did not fit.
  await slow.reads(2);
  write(output, "x");
  assertEquals(slow.text, "012[3]6");
  await slow.reads(3);
  assertEquals(slow.text, "012[3]6[2]9x");
  assertEquals(quick.text, "0123456789x");
});

Deno.test("a reader of Output without a word for it is spared what it misses", async () => {
  const output = new Output();
  let [go, text] = [() => {}, ""];
  output.subscribe({
    take: ({ bytes }) => {
      text += new TextDecoder().decode(bytes);
      return new Promise<void>((resolve) => go = resolve);
    },
  }, 1);
  for (const one of ["a", "bb", "c"]) write(output, one);
  go();
  await settled();
  assertEquals(text, "ac");
});

Deno.test("a reader of Output that fails leaves, at once or later, and the others go on", async () => {
  const [output, quick] = [new Output(), new Quick()];
  let taken = 0;
  output.subscribe({
    take: () => {
      taken++;
      throw new Error("broken");
    },
  });
  output.subscribe({ take: () => Promise.reject(new Error(`broken ${taken++}`)) });
  output.subscribe(quick);
  write(output, "a");
  await settled();
  write(output, "b");
  assertEquals([taken, quick.text], [2, "ab"]);
});

Deno.test("a reader of Output that leaves gets nothing more, not even what waits for it", async () => {
  const [output, slow, quick] = [new Output(), new Slow(), new Quick()];
  const subscription = output.subscribe(slow);
  output.subscribe(quick);
  for (const one of ["a", "b", "c"]) write(output, one);
  subscription[Symbol.dispose]();
  await slow.reads(3);
  write(output, "d");
  assertEquals([slow.text, quick.text], ["a", "abcd"]);
});

Deno.test("a reader of Output that comes late gets what is written from then on", () => {
  const [output, early, late] = [new Output(), new Quick(), new Quick()];
  output.subscribe(early);
  write(output, "a");
  output.subscribe(late);
  write(output, "b");
  assertEquals([early.text, late.text], ["ab", "b"]);
});
