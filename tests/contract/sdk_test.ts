import { assertEquals } from "../harness/assert.ts";
import { readSources, type Source } from "./sources.ts";

/** What a library must not do to the process that uses it. */
const FORBIDDEN = /\bDeno\.(exit|execPath|env\.set|env\.delete)\b|\bDeno\.exitCode\b/;

/** Deno reads NO_PROXY when a client is made, and has no parameter for it: set and restored within that call. */
const ALLOWED = ["src/image/registry/trust.ts"];

const sources = new Map(readSources(["src"]).map((source) => [source.path, source]));

/** A file and all it imports, transitively. */
function reachedFrom(path: string): Source[] {
  const reached = new Map<string, Source>();
  const visit = (one: string): void => {
    const source = sources.get(one);
    if (!source || reached.has(one)) return;
    reached.set(one, source);
    source.imports.forEach(visit);
  };
  visit(path);
  return [...reached.values()];
}

const library = reachedFrom("src/mod.ts");

/** The text without comments, which may speak of what the code does not do. */
function code({ text }: Source): string {
  return text.replaceAll(/\/\*[^]*?\*\//g, "").replaceAll(/^\s*\/\/.*$/gm, "");
}

Deno.test("the library reaches the use cases, and no command line", () => {
  assertEquals(library.some(({ path }) => path === "src/actions/run_image.ts"), true);
  assertEquals(library.filter(({ path }) => path.startsWith("src/cli/")).map(({ path }) => path), []);
  assertEquals(library.filter(({ packages }) => packages.includes("commander")).map(({ path }) => path), []);
});

Deno.test("the library ends no process, asks for no running binary, and changes no environment", () => {
  assertEquals(library.filter((source) => FORBIDDEN.test(code(source))).map(({ path }) => path), ALLOWED);
});
