import fc from "fast-check";
import { assertEquals, assertThrows } from "../../../tests/harness/assert.ts";
import { matchesName, NameError, parseHostName, parsePattern, patternText } from "./host_name.ts";

Deno.test("parsePattern() has one text for every way to write a name", () => {
  const cases = [
    ["example.com", "example.com"],
    ["Example.COM.", "example.com"],
    ["*.GitHub.com.", "*.github.com"],
    ["bücher.example", "xn--bcher-kva.example"],
    ["BÜCHER.example", "xn--bcher-kva.example"],
    ["xn--bcher-kva.example", "xn--bcher-kva.example"],
    ["*.例え.jp", "*.xn--r8jz45g.jp"],
    ["例え。jp", "xn--r8jz45g.jp"],
    ["db", "db"],
    ["_service._tcp.example.com", "_service._tcp.example.com"],
    ["1.example", "1.example"],
    ["r3---sn.example", "r3---sn.example"],
  ];
  for (const [text = "", expected] of cases) assertEquals(patternText(parsePattern(text)), expected, text);
});

Deno.test("parsePattern() refuses what is no name, and says what to write", () => {
  const refused = [
    ["https://example.com", "it is a URL"],
    ["example.com/path", "it has a path"],
    ["user@example.com", "it has a user"],
    ["1.2.3.4", "it is an address"],
    ["[::1]", "it is an address"],
    ["::1", "it is an address"],
    ["1.2", "is no name of a host"],
    ["0x7f.1", "is no name of a host"],
    ["127.0.0.0x1", "is no name of a host"],
    ["", "it has no name"],
    [".", "is no name of a host"],
    ["a..b", "is no name of a host"],
    [".example.com", "is no name of a host"],
    ["exa mple.com", "is no name of a host"],
    ["example.com?x", "is no name of a host"],
    ["ex%61mple.com", "is no name of a host"],
    ["-x.example", "is no name of a host"],
    [`${"a".repeat(64)}.com`, "is no name of a host"],
    [`${"a.".repeat(127)}com`, "is no name of a host"],
    ["*", "* is every name"],
    ["*.com", "whole top-level domain"],
    ["*.*.com", "a * can only be the whole first label"],
    ["a.*.com", "a * can only be the whole first label"],
    ["a*.example.com", "a * can only be the whole first label"],
    ["**.example.com", "a * can only be the whole first label"],
    ["*.1.2.3.4", "it is an address"],
  ];
  for (const [text = "", words] of refused) assertThrows(() => parsePattern(text), NameError, words);
});

Deno.test("matchesName(): a * is any depth below the name, and never the name itself", () => {
  const below = parsePattern("*.example.com");
  assertEquals(matchesName(below, "a.example.com"), true);
  assertEquals(matchesName(below, "a.b.example.com"), true);
  for (
    const name of ["example.com", ".example.com", "badexample.com", "example.com.evil.org", "a.example.org"]
  ) {
    assertEquals(matchesName(below, name), false, name);
  }
  const exact = parsePattern("example.com");
  assertEquals(matchesName(exact, "example.com"), true);
  assertEquals(matchesName(exact, "a.example.com"), false);
});

Deno.test("parseHostName() either refuses or gives a name that it takes as it is", () => {
  fc.assert(fc.property(fc.oneof(fc.string(), fc.domain(), fc.string({ unit: "grapheme" })), (text) => {
    try {
      const name = parseHostName(text);
      return parseHostName(name) === name && name === name.toLowerCase();
    } catch (error) {
      return error instanceof NameError;
    }
  }));
});
