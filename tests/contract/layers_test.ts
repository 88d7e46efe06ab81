import { assertEquals } from "../harness/assert.ts";
import { cycles, forbiddenImports } from "./layers.ts";
import { importsOf, readSources } from "./sources.ts";

const sources = readSources(["main.ts", "src", "agent"]);

Deno.test("every import follows the layers", () => {
  assertEquals(forbiddenImports(sources), []);
});

Deno.test("no files import each other in a ring", () => {
  assertEquals(cycles(sources), []);
});

Deno.test("importsOf() sees static, type, re-exported, many-line and dynamic imports", () => {
  const text = `
import { a } from "./a.ts";
import type { B } from "../b.ts";
export { c } from "./sub/c.ts";
import {
  d,
} from "./d.ts";
import "./e.ts";
const f = await import("./f.ts");
import * as v from "valibot";
const words = "from ./no.ts";
`;
  const expected = ["src/x/a.ts", "src/b.ts", "src/x/sub/c.ts", "src/x/d.ts", "src/x/e.ts", "src/x/f.ts"];
  assertEquals(importsOf("src/x/y.ts", text), expected);
});

Deno.test("forbiddenImports() names what climbs up and what reaches across", () => {
  const source = (path: string, ...imports: string[]) => ({ path, text: "", imports });
  assertEquals(
    forbiddenImports([
      source("src/vm/a.ts", "src/engine/b.ts", "src/error.ts", "src/vm/c.ts"),
      source("src/engine/b.ts", "src/vm/a.ts"),
      source("agent/main.ts", "src/host/paths.ts", "src/protocol/frames.ts"),
      source("src/error.ts", "src/cli/render.ts"),
    ]),
    [
      "src/engine/b.ts → src/vm/a.ts",
      "agent/main.ts → src/host/paths.ts",
      "src/error.ts → src/cli/render.ts",
    ],
  );
});

Deno.test("cycles() names a ring once", () => {
  const source = (path: string, ...imports: string[]) => ({ path, text: "", imports });
  const ring = [source("a", "b"), source("b", "c", "d"), source("c", "a"), source("d")];
  assertEquals(cycles(ring), ["a → b → c → a"]);
});
