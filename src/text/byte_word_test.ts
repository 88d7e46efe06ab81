import { assertEquals } from "../../tests/harness/assert.ts";
import { decodeWord, encodeWord, holdsBytes, wordLength } from "./byte_word.ts";

const cases: readonly (readonly [string, readonly number[]])[] = [
  ["", []],
  ["plain", [0x70, 0x6c, 0x61, 0x69, 0x6e]],
  ["é€", [0xc3, 0xa9, 0xe2, 0x82, 0xac]],
  // A byte order mark is a character like any other, also at the beginning.
  ["\ufeffa", [0xef, 0xbb, 0xbf, 0x61]],
  // Latin-1 beside UTF-8.
  ["a\udce9b\u00e9", [0x61, 0xe9, 0x62, 0xc3, 0xa9]],
  // The second half of this pair is U+DC80, which stands for no byte there.
  ["\u{1f480}\udc80", [0xf0, 0x9f, 0x92, 0x80, 0x80]],
  // A sequence that is cut off, an overlong slash, a surrogate in UTF-8, a character above U+10FFFF.
  ["\udce2\udc82", [0xe2, 0x82]],
  ["\udcc0\udcaf", [0xc0, 0xaf]],
  ["\udced\udcb2\udc80", [0xed, 0xb2, 0x80]],
  ["\udcf4\udc90\udc80\udc80", [0xf4, 0x90, 0x80, 0x80]],
  ["\udcff\udcfe", [0xff, 0xfe]],
];

Deno.test("decodeWord() and encodeWord() keep every byte", () => {
  for (const [word, bytes] of cases) {
    assertEquals(decodeWord(Uint8Array.from(bytes)), word);
    assertEquals([...encodeWord(word)], [...bytes]);
    assertEquals(wordLength(word), bytes.length);
  }
  const noise = crypto.getRandomValues(new Uint8Array(4096));
  assertEquals(encodeWord(decodeWord(noise)), noise);
  assertEquals(wordLength(decodeWord(noise)), noise.length);
});

Deno.test("a word survives JSON, where bytes are escapes", () => {
  const word = decodeWord(Uint8Array.of(0x61, 0xff, 0x62));
  assertEquals(JSON.stringify(word), '"a\\udcffb"');
  assertEquals(JSON.parse(JSON.stringify(word)), word);
});

Deno.test("encodeWord() replaces surrogates that stand for no byte", () => {
  assertEquals([...encodeWord("\ud800x\udc00")], [0xef, 0xbf, 0xbd, 0x78, 0xef, 0xbf, 0xbd]);
});

Deno.test("holdsBytes() tells words that need the escape", () => {
  assertEquals([holdsBytes("\u{1f480}"), holdsBytes("a\udce9")], [false, true]);
});
