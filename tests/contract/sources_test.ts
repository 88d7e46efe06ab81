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

Deno.test("the agent draws no random bytes: a generator in its memory would be the same in all VMs of a template", () => {
  const drawing = product.filter(({ path, text }) =>
    path.startsWith("agent/") && /getRandomValues|random(UUID|Bytes)|Math\.random|generateKey/.test(text)
  );
  assertEquals(drawing.map(({ path }) => path), []);
});
