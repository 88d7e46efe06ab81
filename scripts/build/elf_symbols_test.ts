import { compileC } from "../../tests/harness/compile_c.ts";
import { assertEquals, assertThrows, assertTrue } from "../../tests/harness/assert.ts";
import { exportedSymbols, symbolBytes } from "./elf_symbols.ts";

Deno.test("symbolBytes() has a library's data, which exportedSymbols() lists beside its functions", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(
      `${folder}/a.c`,
      'const char BUNDLE[6] = "bytes"; int call(void) { return 1; } extern int missing(void); int other(void) { return missing(); }',
    );
    await compileC(`${folder}/a.c`, `${folder}/a.so`, ["-shared", "-fPIC", "-nostdlib"]);
    const library = await Deno.readFile(`${folder}/a.so`);
    assertEquals(new TextDecoder().decode(symbolBytes(library, "BUNDLE")), "bytes\0");
    const names = exportedSymbols(library).map(({ name }) => name);
    assertTrue(names.includes("call") && !names.includes("missing"));
    assertThrows(() => symbolBytes(library, "missing"), TypeError, "Cannot find missing");
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
