import { assertEquals } from "../../tests/harness/assert.ts";
import { renameParts } from "./bundle_parts.ts";

Deno.test("renameParts() names parts by who refers to them first, whatever digest is in their names", () => {
  const parts = (a: string, b: string) =>
    new Map([
      [`b-${b}.js`, `import "./a-${a}.js"; "./unknown.js"`],
      ["main.js", `import { x } from "./a-${a}.js"; import("./b-${b}.js");`],
      [`a-${a}.js`, "export const x = './main.js';"],
      ["alone.js", ""],
    ]);
  const renamed = [...renameParts(parts("ZZ12", "AA34"), "main.js").values()];
  assertEquals(renamed, [
    { text: 'import { x } from "./part-1.js"; import("./part-2.js");', renamed: "main.js" },
    { text: "export const x = './main.js';", renamed: "part-1.js" },
    { text: 'import "./part-1.js"; "./unknown.js"', renamed: "part-2.js" },
  ]);
  assertEquals([...renameParts(parts("AA34", "ZZ12"), "main.js").values()], renamed);
});
