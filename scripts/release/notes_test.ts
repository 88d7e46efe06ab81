import config from "../../deno.json" with { type: "json" };
import { assertEquals, assertThrows, assertTrue } from "../../tests/harness/assert.ts";
import { readRelease } from "./notes.ts";

const changelog = `# Changelog

## [Unreleased]

## [1.1.0] - 2027-01-31

### Added

- One thing
  on two lines.

## [1.0.0] - 2026-12-01

- The first.

## [0.9.0]

- Early.

## [0.8.0] - 2026-01-01

[1.1.0]: https://example.com/1.1.0
`;

Deno.test("readRelease() has a version's day and notes, and not its neighbours'", () => {
  assertEquals(readRelease(changelog, "1.1.0"), {
    date: "2027-01-31",
    text: "### Added\n\n- One thing\n  on two lines.\n",
  });
  assertEquals(readRelease(changelog, "1.0.0").text, "- The first.\n");
});

Deno.test("readRelease() has links that lead to the version's files from wherever they are read", () => {
  const text = "## [1.0.0] - 2026-12-01\n\n- See [a](docs/a.md#b) and [c](https://example.com/).\n";
  assertEquals(
    readRelease(text, "1.0.0").text,
    "- See [a](https://github.com/smolvm/smolvm/blob/v1.0.0/docs/a.md#b) and [c](https://example.com/).\n",
  );
});

Deno.test("readRelease() refuses a version that is missing, empty, or without a day", () => {
  assertThrows(() => readRelease(changelog, "1.1"), TypeError, "nothing on 1.1:");
  assertThrows(() => readRelease(changelog, "0.9.0"), TypeError, "no day for 0.9.0");
  assertThrows(() => readRelease(changelog, "0.8.0"), TypeError, "nothing on 0.8.0");
  assertThrows(() => readRelease("", "1.0.0"), TypeError, 'write "## [1.0.0] - YYYY-MM-DD"');
});

Deno.test("CHANGELOG.md has this version", () => {
  const file = new URL("../../CHANGELOG.md", import.meta.url);
  assertTrue(readRelease(Deno.readTextFileSync(file), config.version).text.length > 200);
});
