import { assertEquals, assertThrows } from "../../../tests/harness/assert.ts";
import { latin1, tarOf, type TarSpec } from "../../../tests/harness/tar.ts";
import { LayerError } from "../model/layer_error.ts";
import { isZeroBlock, parseHeader, sparseNumber } from "./tar_header.ts";

const block = (spec: Partial<TarSpec>): Uint8Array => tarOf([{ path: "f", ...spec }]).subarray(0, 512);

Deno.test("parseHeader() reads POSIX headers, the prefix before the name", () => {
  const header = parseHeader(block({
    path: "name",
    mode: 0o104755,
    uid: 7,
    gid: 8,
    mtime: 9,
    data: "abc",
    link: "to",
    patch: (bytes) => bytes.set(latin1("some/where"), 345),
  }));
  assertEquals(header, {
    type: "0",
    path: "some/where/name",
    linkTarget: "to",
    mode: 0o4755,
    uid: 7,
    gid: 8,
    size: 3,
    mtime: 9,
    major: 0,
    minor: 0,
    gnu: false,
  });
});

Deno.test("parseHeader() takes no prefix from GNU's and the oldest headers, and a shorter one from star's", () => {
  const prefixed = (magic: string, more?: (bytes: Uint8Array) => void) =>
    parseHeader(block({
      patch: (bytes) => {
        bytes.set(latin1(magic), 257);
        bytes.set(latin1("p".repeat(155)), 345);
        more?.(bytes);
      },
    }));
  assertEquals([prefixed("ustar  \0").path, prefixed("ustar  \0").gnu], ["f", true]);
  assertEquals(prefixed("\0\0\0\0\0\0\0\0").path, "f");
  assertEquals(prefixed("ustar\x0000").path, `${"p".repeat(155)}/f`);
  const star = prefixed("ustar\x0000", (bytes) => bytes.set(latin1("tar\0"), 508));
  assertEquals(star.path, `${"p".repeat(131)}/f`);
});

Deno.test("parseHeader() reads device numbers of devices only", () => {
  const device = { major: 8, minor: 1 };
  const numbers = ["3", "4", "0"].map((type) => parseHeader(block({ type, ...device })));
  assertEquals(numbers.map(({ major, minor }) => [major, minor]), [[8, 1], [8, 1], [0, 0]]);
});

Deno.test("parseHeader() reads base-256 numbers, negative ones too", () => {
  const withMtime = (bytes: readonly number[]) =>
    parseHeader(block({ patch: (header) => header.set(bytes, 136) })).mtime;
  const padded = (fill: number, ...tail: number[]) => [...new Array(12 - tail.length).fill(fill), ...tail];
  assertEquals(withMtime([0x80, ...padded(0, 1, 0).slice(1)]), 256);
  assertEquals(withMtime(padded(0xff, 0xfe)), -2);
  // A time that no inode holds is the nearest that does; a size is never guessed.
  assertEquals(withMtime([0x80, ...new Array(11).fill(0xff)]), 9_223_372_036);
  const hugeSize = (header: Uint8Array) => header.set([0x80, ...new Array(11).fill(0xff)], 124);
  assertThrows(() => parseHeader(block({ patch: hugeSize })), LayerError, "size is out of range");
  const negativeSize = (header: Uint8Array) => header.set(padded(0xff, 0xff), 124);
  assertThrows(() => parseHeader(block({ patch: negativeSize })), LayerError, "size is negative");
});

Deno.test("parseHeader() takes numbers between spaces, and refuses what is none", () => {
  const withUid = (text: string) =>
    parseHeader(block({ patch: (bytes) => bytes.set(latin1(text), 108) })).uid;
  assertEquals([withUid("    17 \0"), withUid("\0\0\0\0\0\0\0\0"), withUid("00000017")], [15, 0, 15]);
  assertThrows(() => withUid("0000018\0"), LayerError, "uid is not a number");
});

Deno.test("parseHeader() checks the sum, that of signed bytes too", () => {
  const good = block({ path: "\xff\xff" });
  const signed = good.slice();
  const sum = good.reduce((total, byte, at) => total + (at >= 148 && at < 156 ? 0x20 : byte), 0);
  signed.set(latin1((sum - 512).toString(8).padStart(6, "0")), 148);
  assertEquals([parseHeader(good).path, parseHeader(signed).path], ["\xff\xff", "\xff\xff"]);
  const wrong = good.slice();
  wrong[0] = 0x41;
  assertThrows(() => parseHeader(wrong), LayerError, "checksum is wrong");
});

Deno.test("isZeroBlock() and sparseNumber() read a block", () => {
  const zeros = new Uint8Array(512);
  assertEquals(isZeroBlock(zeros), true);
  zeros.set(latin1("00000000017"), 386);
  assertEquals([isZeroBlock(zeros), sparseNumber(zeros, 386)], [false, 15]);
});
