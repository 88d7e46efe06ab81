import { assertEquals, assertThrows } from "../../../tests/harness/assert.ts";
import { latin1, paxData } from "../../../tests/harness/tar.ts";
import { LayerError } from "../model/layer_error.ts";
import { parsePax, paxNumber, paxTime, paxXattrs } from "./pax.ts";

Deno.test("parsePax() reads records of any bytes, equals signs and newlines among them", () => {
  const long = "x".repeat(200);
  assertEquals([...parsePax(latin1("10 path=a\n")).values], [["path", "a"]]);
  const all = paxData([["path", "a=b\nc\xff"], ["comment", long], ["path", "later"]]);
  assertEquals([...parsePax(all).values], [["path", "later"], ["comment", long]]);
  assertEquals(parsePax(new Uint8Array()).values.size, 0);
});

Deno.test("parsePax() gathers GNU's repeated sparse keywords in their order", () => {
  const records = paxData([
    ["GNU.sparse.offset", "0"],
    ["GNU.sparse.numbytes", "5"],
    ["GNU.sparse.offset", "9"],
    ["GNU.sparse.numbytes", "1"],
  ]);
  assertEquals(parsePax(records).sparseMap, ["0", "5", "9", "1"]);
});

Deno.test("parsePax() refuses records that are not as long as they say", () => {
  for (
    const text of [
      "9",
      "x a=b\n",
      "7 a=b\n",
      "5 a=b\n",
      "6 a=bc",
      "6 =abc\n",
      "0 a=b\n",
      "6 abcd\n",
      "99999999 a=b\n",
    ]
  ) {
    assertThrows(() => parsePax(latin1(text)), LayerError, "malformed");
  }
});

Deno.test("paxXattrs() takes SCHILY's records, values byte by byte", () => {
  const xattrs = paxXattrs(new Map([["SCHILY.xattr.user.a=b", "\x00\xff"], ["path", "x"]]));
  assertEquals([...xattrs], [["user.a=b", Uint8Array.of(0, 255)]]);
});

Deno.test("paxNumber() takes whole numbers that JavaScript holds exactly", () => {
  assertEquals([paxNumber("0", "size"), paxNumber("-7", "uid"), paxNumber("9007199254740991", "size")], [
    0,
    -7,
    Number.MAX_SAFE_INTEGER,
  ]);
  for (const value of ["", "1.5", "0x10", "9007199254740993", "1e3", " 1"]) {
    assertThrows(() => paxNumber(value, "size"), LayerError, "size is not a number");
  }
});

Deno.test("paxTime() keeps nanoseconds, which count forward before 1970 too", () => {
  const time = (seconds: number, nanoseconds: number) => ({ seconds, nanoseconds });
  assertEquals(paxTime("1", "mtime"), time(1, 0));
  assertEquals(paxTime("1.5", "mtime"), time(1, 500_000_000));
  assertEquals(paxTime("1.1234567899", "mtime"), time(1, 123_456_789));
  assertEquals(paxTime("-1.25", "mtime"), time(-2, 750_000_000));
  assertEquals(paxTime("-3.", "mtime"), time(-3, 0));
  // Docker clamps too: Go's time counts nanoseconds in 64 bits.
  assertEquals(paxTime("9223372037000000000000", "mtime"), time(9_223_372_036, 0));
  assertEquals(paxTime("-1e300", "mtime"), time(-9_223_372_036, 0));
  assertEquals(paxTime("1.5e+3", "mtime"), time(1500, 0));
  assertEquals(paxTime("25e-1", "mtime"), time(2, 500_000_000));
  assertEquals(paxTime("9".repeat(400), "mtime"), time(9_223_372_036, 0));
  for (const value of ["", ".5", "1,5", "--1", "now"]) {
    assertThrows(() => paxTime(value, "mtime"), LayerError, "mtime is not a time");
  }
});
