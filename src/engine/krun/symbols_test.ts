import { assertEquals } from "../../../tests/harness/assert.ts";
import { missingCalls, symbols } from "./symbols.ts";

/** What a type of the C prototype is to Deno. */
const types: Readonly<Record<string, string>> = {
  "uint8_t": "u8",
  "uint32_t": "u32",
  "int": "i32",
  "int32_t": "i32",
  "bool": "bool",
  "const char *": "buffer",
  "uint8_t *const": "buffer",
};

/** Prototypes written beside the symbols: name, result and parameters. */
function prototypes(source: string): { name: string; result: string; parameters: string[] }[] {
  const text = source.replaceAll(/\n\s*\/\/ {2,}/g, " ");
  return [...text.matchAll(/\/\/ (\w+) (krun_\w+)\(([^)]*)\);/g)].map((
    [, result = "", name = "", list = ""],
  ) => ({
    name,
    result,
    parameters: list === "" ? [] : list.split(/,\s*/).map((word) => word.replace(/\w+$/, "").trim()),
  }));
}

Deno.test("every symbol is declared as the prototype beside it says", () => {
  const source = Deno.readTextFileSync(new URL("./symbols.ts", import.meta.url));
  const written = prototypes(source);
  assertEquals(written.map(({ name }) => name).sort(), Object.keys(symbols).sort());
  for (const { name, result, parameters } of written) {
    const declared = symbols[name as keyof typeof symbols];
    assertEquals(types[result], declared.result, name);
    assertEquals(parameters.map((type) => types[type]), [...declared.parameters], name);
  }
});

Deno.test("missingCalls() names the calls, each with what it is for", () => {
  assertEquals(missingCalls(["krun_disable_implicit_vsock", "krun_create_ctx"]), [
    "krun_disable_implicit_vsock (turns libkrun's own network off)",
    "krun_create_ctx",
  ]);
});
