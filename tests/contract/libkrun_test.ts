/**
 * Our table of libkrun's calls against libkrun itself: the declarations of its source, and what the
 * libraries export. (libkrun's header is in no package; its Rust declarations are what the header is made by.)
 *
 * @module
 */
import { inspectLibrary } from "../../src/engine/krun/inspect.ts";
import { symbols } from "../../src/engine/krun/symbols.ts";
import { assertEquals, assertTrue } from "../harness/assert.ts";

const parts = new URL("../../.cache/parts/", import.meta.url).pathname;

/** What a type of the Rust declaration is to Deno. */
const types: Readonly<Record<string, string>> = {
  "u8": "u8",
  "u32": "u32",
  "i32": "i32",
  "c_int": "i32",
  "bool": "bool",
  "*const c_char": "buffer",
  "*const u8": "buffer",
};

/** Every declaration of a call, as `result(parameter, …)`; some have one for each set of features. */
function declarations(source: string): Map<string, string[]> {
  const found = new Map<string, string[]>();
  const pattern = /pub (?:unsafe )?extern "C" fn (krun_\w+)\(([^)]*)\)(?:\s*->\s*(\w+))?/g;
  for (const [, name = "", list = "", result = ""] of source.matchAll(pattern)) {
    const parameters = list.split(",").map((one) => one.split(":")[1]?.trim()).filter((type) =>
      type !== undefined
    );
    const text = `${types[result]}(${parameters.map((type) => types[type] ?? type).join(", ")})`;
    found.set(name, [...found.get(name) ?? [], text]);
  }
  return found;
}

Deno.test({
  name: "every call is declared as in libkrun 1.19.7's source (scripts/build_libkrun.sh fetches it)",
  ignore: !exists("libkrun-newer.rs"),
  fn: () => {
    const declared = declarations(Deno.readTextFileSync(`${parts}libkrun-newer.rs`));
    for (const [name, { result, parameters }] of Object.entries(symbols)) {
      const ours = `${result}(${parameters.join(", ")})`;
      assertTrue(
        declared.get(name)?.includes(ours),
        `${name}: ${ours}, not ${declared.get(name)?.join(" or ")}`,
      );
    }
  },
});

for (
  const [name, version] of [[`${Deno.build.arch}-linux/libkrun`, "1.17.4"], [
    "libkrun-newer",
    "1.19.7",
  ]] as const
) {
  Deno.test({
    name: `libkrun ${version} exports every call`,
    ignore: Deno.build.os !== "linux" || !exists(name),
    // A library that was opened may stay so: libkrun starts threads of its own.
    sanitizeResources: false,
    fn: () => assertEquals(inspectLibrary(`${parts}${name}`), { usable: true, details: `${parts}${name}` }),
  });
}

Deno.test("of libkrun's calls that open a way out of the VM two are known to us: a shared folder, and frames to whom is named", () => {
  const ways = /vsock|net_|passt|gvproxy|port_map|virtiofs|set_root$/;
  assertEquals(Object.keys(symbols).filter((name) => ways.test(name)), [
    "krun_add_virtiofs",
    "krun_add_net_unixstream",
    "krun_disable_implicit_vsock",
  ]);
});

function exists(name: string): boolean {
  try {
    return Deno.statSync(`${parts}${name}`).isFile;
  } catch {
    return false;
  }
}
