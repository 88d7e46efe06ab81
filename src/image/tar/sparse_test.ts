import fc from "fast-check";
import { assertEquals, assertThrows } from "../../../tests/harness/assert.ts";
import { latin1 } from "../../../tests/harness/tar.ts";
import { LayerError } from "../model/layer_error.ts";
import { checkMap, type ContentSink, expandSparse, expandSparse1, pairUp, type Stretch } from "./sparse.ts";

/** A sink that keeps what it is given, zeros as dots. */
function sink(): ContentSink & { readonly text: () => string; readonly ended: () => boolean } {
  let text = "";
  let ended = false;
  return {
    append: (bytes) => void (text += String.fromCharCode(...bytes)),
    skip: (count) => void (text += ".".repeat(count)),
    end: () => void (ended = true),
    text: () => text,
    ended: () => ended,
  };
}

const map: Stretch[] = [{ offset: 2, length: 3 }, { offset: 5, length: 0 }, { offset: 8, length: 1 }];

Deno.test("expandSparse() puts zeros between stretches of data, however the data is cut", () => {
  fc.assert(fc.property(fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 6 }), (cuts) => {
    const to = sink();
    const from = expandSparse(to, map, 10);
    let rest = "abcd";
    for (const count of cuts) {
      from.append(latin1(rest.slice(0, count)));
      rest = rest.slice(count);
    }
    from.append(latin1(rest));
    from.end();
    assertEquals([to.text(), to.ended()], ["..abc...d.", true]);
  }));
});

Deno.test("expandSparse() refuses more data than its map has", () => {
  assertThrows(() => expandSparse(sink(), map, 10).append(latin1("abcde")), LayerError, "more data than");
});

Deno.test("checkMap() refuses maps that overlap, leave the file, or differ from the data", () => {
  checkMap(map, 4, 9);
  assertThrows(
    () => checkMap([{ offset: 4, length: 2 }, { offset: 5, length: 1 }], 3, 9),
    LayerError,
    "order",
  );
  assertThrows(() => checkMap([{ offset: 4, length: -1 }], -1, 9), LayerError, "order");
  assertThrows(() => checkMap(map, 4, 8), LayerError, "leaves the file");
  assertThrows(() => checkMap(map, 5, 9), LayerError, "differ in size");
});

Deno.test("pairUp() makes stretches of pairs", () => {
  assertEquals(pairUp([1, 2, 5, 6]), [{ offset: 1, length: 2 }, { offset: 5, length: 6 }]);
  assertThrows(() => pairUp([1, 2, 5]), LayerError, "cut off");
  assertThrows(() => pairUp(new Array(200_002).fill(0)), LayerError, "too long");
});

Deno.test("expandSparse1() reads the map before the data, also byte by byte", () => {
  const data = new Uint8Array(512 + 4);
  data.set(latin1("2\n2\n3\n8\n1\n"));
  data.set(latin1("abcd"), 512);
  for (const piece of [1, 511, 512, 600]) {
    const to = sink();
    const from = expandSparse1(to, data.length, 10);
    for (let at = 0; at < data.length; at += piece) from.append(data.subarray(at, at + piece));
    from.end();
    assertEquals([to.text(), to.ended()], ["..abc...d.", true]);
  }
});

Deno.test("expandSparse1() refuses maps that are cut off, too long, or no numbers", () => {
  assertThrows(() => expandSparse1(sink(), 512, 1).end(), LayerError, "cut off");
  const refused = (text: string, words: string) =>
    assertThrows(() => expandSparse1(sink(), 4096, 10).append(latin1(text)), LayerError, words);
  refused("x\n", "not made of numbers");
  refused("1\n-1\n", "not made of numbers");
  refused("100001\n", "too long");
  refused("1".repeat(4 * 1024 * 1024 + 1), "too long");
  refused("1\n0\n5\n".padEnd(512, "\0") + "x", "differ in size");
});
