import { assertEquals } from "../harness/assert.ts";
import { byRoom, cycles, forbiddenImports } from "./layers.ts";
import { importsOf, packagesOf, readSources } from "./sources.ts";

const sources = readSources(["main.ts", "src", "agent"]);

Deno.test("every import follows the layers", () => {
  assertEquals(forbiddenImports(sources), []);
});

Deno.test("no files import each other in a ring", () => {
  assertEquals(cycles(sources), []);
});

Deno.test("no folders import each other in a ring", () => {
  assertEquals(cycles(byRoom(sources)), []);
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

Deno.test("packagesOf() sees what is not a path", () => {
  const text = `
import * as v from "valibot";
import type { DatabaseSync } from "node:sqlite";
import { a } from "./a.ts";
const b = await import("commander");
`;
  assertEquals(packagesOf(text), ["valibot", "node:sqlite", "commander"]);
});

const source = (path: string, ...imports: string[]) => ({ path, text: "", imports, packages: [] });

Deno.test("forbiddenImports() names what climbs up and what reaches across", () => {
  assertEquals(
    forbiddenImports([
      source("src/vm/a.ts", "src/engine/b.ts", "src/error.ts", "src/vm/c.ts"),
      source("src/engine/b.ts", "src/vm/a.ts"),
      source("src/image/model/digest.ts", "src/image/store/store.ts"),
      source("agent/main.ts", "src/host/paths.ts", "src/wire/frames.ts"),
      source("src/error.ts", "src/cli/render.ts"),
    ]),
    [
      "src/engine/b.ts → src/vm/a.ts",
      "src/image/model/digest.ts → src/image/store/store.ts",
      "agent/main.ts → src/host/paths.ts",
      "src/error.ts → src/cli/render.ts",
    ],
  );
});

Deno.test("forbiddenImports() names packages where they do not belong", () => {
  const uses = (path: string, ...packages: string[]) => ({ path, text: "", imports: [], packages });
  assertEquals(
    forbiddenImports([
      uses("src/vm/a.ts", "commander", "valibot"),
      uses("src/cli/machine/run.ts", "commander"),
      uses("src/image/model/digest.ts", "node:sqlite"),
    ]),
    ["src/vm/a.ts → commander", "src/image/model/digest.ts → node:sqlite"],
  );
});

Deno.test("cycles() names a ring once", () => {
  const ring = [source("a", "b"), source("b", "c", "d"), source("c", "a"), source("d")];
  assertEquals(cycles(ring), ["a → b → c → a"]);
});

Deno.test("byRoom() sees a ring of folders that is none of files", () => {
  const files = [source("a/1.ts", "b/1.ts"), source("b/1.ts"), source("b/2.ts", "a/2.ts"), source("a/2.ts")];
  assertEquals(cycles(files), []);
  assertEquals(cycles(byRoom(files)), ["a → b → a"]);
});
