import { targetNames } from "../../src/target.ts";
import { assertEquals, assertMatch, assertThrows, assertTrue } from "../../tests/harness/assert.ts";
import { archiveName, fillInstaller, formula } from "./fill.ts";

const archives = Object.fromEntries(
  targetNames.map((name, index) => [name, String(index).repeat(64)]),
) as Record<
  typeof targetNames[number],
  string
>;
const release = { version: "1.2.3", address: "https://example.com/v1.2.3", key: "RWQ=", archives };

Deno.test("formula() has every target's archive with its digest, under its own system and processor", () => {
  const text = formula(release);
  for (const name of targetNames) {
    const url = `      url "https://example.com/v1.2.3/${archiveName("1.2.3", name)}"\n      sha256 "${
      archives[name]
    }"\n`;
    const [processor, system] = name.split("-");
    const before = text.slice(0, text.indexOf(url));
    assertTrue(text.includes(url), name);
    assertEquals(/on_(arm|intel) do\n$/.exec(before)?.[1], processor === "aarch64" ? "arm" : "intel");
    assertEquals(
      before.match(/on_(macos|linux) do/g)?.at(-1),
      system === "darwin" ? "on_macos do" : "on_linux do",
    );
  }
  // What `brew style` asks for: two spaces, no space at an end, lines of 118 at most, a description without an article.
  for (const line of text.split("\n")) assertTrue(!/\s$|\t/.test(line) && line.length <= 150, line);
  assertMatch(text, /desc "(?!An? |The )[A-Z][^"]{10,79}[^."]"/);
  assertEquals(
    text.match(/(\b(do|def|class)\b|^ +if\b).*$/gm)?.filter((line) => !/^d.*\bend\b/.test(line)).length,
    text.match(/^\s*end$/gm)?.length,
  );
});

Deno.test("fillInstaller() leaves no place empty, and takes nothing that would end the shell's word", async () => {
  const template = await Deno.readTextFile(new URL("../install.sh", import.meta.url));
  const text = fillInstaller(template, release);
  assertMatch(text, /^version='1\.2\.3' from='https:\/\/example\.com\/v1\.2\.3' key='RWQ='/m);
  assertTrue(!/@[A-Z]+@/.test(text));
  assertThrows(
    () => fillInstaller(template, { ...release, version: "1'; rm -r ~ #" }),
    TypeError,
    "Cannot fill in VERSION",
  );
});
