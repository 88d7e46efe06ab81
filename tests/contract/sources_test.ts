import { assertEquals } from "../harness/assert.ts";
import { fileExists, readSources } from "./sources.ts";
import { untested } from "./untested.ts";

const product = readSources(["main.ts", "src", "agent"]);
const all = [...product, ...readSources(["scripts", "rootfs", "tests"])];

Deno.test("every source begins with a module sentence", () => {
  const without = all.filter(({ text }) => !/^(\/\/\/.*\n)*\/\*\*[^]*?@module[^]*?\*\//.test(text));
  assertEquals(without.map(({ path }) => path), []);
});

Deno.test("no source is longer than 350 lines", () => {
  const long = all.filter(({ text }) => text.split("\n").length > 350);
  assertEquals(long.map(({ path }) => path), []);
});

Deno.test("every source of the product has its test beside it, or a reason", () => {
  const bare = product.filter(({ path }) => !fileExists(path.replace(/\.ts$/, "_test.ts")));
  assertEquals(bare.map(({ path }) => path).filter((path) => untested[path] === undefined), []);
});

Deno.test("every reason for no test is still needed", () => {
  const stale = Object.keys(untested).filter((path) =>
    !fileExists(path) || fileExists(path.replace(/\.ts$/, "_test.ts"))
  );
  assertEquals(stale, []);
});
