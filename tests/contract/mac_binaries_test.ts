/**
 * The macOS binaries that were made, read back: what the system will look at before and while it runs them, and what libkrun
 * for macOS has of our calls. Which are not built are not looked at (`deno task build --target …-darwin`).
 *
 * @module
 */
import { findRcodesign } from "../../scripts/sign/macho.ts";
import { verifySignature } from "../../scripts/sign/code_signature.ts";
import { symbols } from "../../src/engine/krun/symbols.ts";
import { locatePayload, refuseForeign } from "../../src/payload/payload.ts";
import { segmentsOf } from "../../src/payload/macho.ts";
import { MACHO_PLACE } from "../../src/payload/payload_format.ts";
import { assertEquals, assertMatch, assertThrows, assertTrue } from "../harness/assert.ts";
import { type MachoFacts, machoFacts } from "../harness/macho_facts.ts";

const ROOT = new URL("../..", import.meta.url).pathname;
const ENTITLEMENTS = Deno.readTextFileSync(`${ROOT}entitlements.plist`);

/** How far from a binary's end its program may begin: the runtime for Intel looks for it backwards, through the signature. */
const SEARCHED_BYTES = 8 * 2 ** 20;

/** What stands in front of the program in a binary for Intel (libsui 0.12). */
const SENTINEL = Uint8Array.of(...new TextEncoder().encode("<~sui-data~>"), 0xef, 0xbe, 0xad, 0xde);

const [WRITE, EXECUTE] = [2, 4];

for (const target of ["aarch64-darwin", "x86_64-darwin"] as const) {
  const path = `${ROOT}dist/${target}/smolvm`;
  if (!isFile(path)) continue;
  const file = Deno.readFileSync(path);
  const facts = machoFacts(file);

  Deno.test(`the ${target} binary can be loaded by macOS 11, needs what each Mac has, and has no memory to write and run`, () => {
    assertMatch(facts.minimum, /^1[01]\.\d+$/);
    assertFromSystem(facts);
    for (const { name, initial, most } of facts.protections) {
      assertTrue((initial & most) === initial && (most & (WRITE | EXECUTE)) !== (WRITE | EXECUTE), name);
    }
    assertEquals(facts.protections.find(({ name }) => name === MACHO_PLACE.segment)?.most, 1);
  });

  Deno.test(`the ${target} binary's segments lie one behind the other, in the file and in memory, __LINKEDIT last`, () => {
    const segments = segmentsOf(file).filter(({ name }) => name !== "__PAGEZERO");
    for (const [index, { name, address, memorySize, offset, size }] of segments.entries()) {
      const next = segments[index + 1];
      if (next === undefined) {
        assertEquals([name, offset + size], ["__LINKEDIT", file.length]);
        continue;
      }
      assertTrue(address + memorySize <= next.address && offset + size <= next.offset, name);
    }
  });

  Deno.test(`the ${target} binary's payload is found, and a start reads nothing of it`, () => {
    const payload = refuseForeign(locatePayload([path]), target);
    const segments = segmentsOf(file);
    const [section] = segments.find(({ name }) => name === MACHO_PLACE.segment)?.sections ?? [];
    const { offset = 0, size = 0 } = section ?? {};
    const stored = payload.index.parts.reduce(
      (bytes, part) => Math.max(bytes, part.offset + part.storedSize),
      0,
    );
    assertEquals(payload.partsStart + stored, offset + size);
    assertEquals(
      payload.index.parts.some(({ name }) => name === "libkrun.dylib"),
      target === "aarch64-darwin",
    );
    // For Apple silicon the runtime asks dyld for its section; for Intel it reads from the end on until the sentinel.
    const program = segments.find(({ name }) => name === "__SUI")?.offset ?? lastIndexOf(file, SENTINEL);
    assertTrue(
      program >= offset + size,
      `the program begins at ${program}, the payload ends at ${offset + size}`,
    );
    if (target === "x86_64-darwin") {
      assertTrue(file.length - program < SEARCHED_BYTES, String(file.length - program));
    }
  });

  Deno.test({
    name:
      `the ${target} binary is signed over every byte, with the entitlements, and a changed byte is found out`,
    ignore: findRcodesign() === undefined,
    fn: () => {
      const signed = verifySignature(file);
      assertEquals([signed.identifier, signed.inDer, facts.signature?.[1]], ["smolvm", true, file.length]);
      assertEquals(granted(signed.entitlements), granted(ENTITLEMENTS));
      assertTrue(granted(ENTITLEMENTS).length === 4);
      const [section] = segmentsOf(file).find(({ name }) => name === MACHO_PLACE.segment)?.sections ?? [];
      const text = segmentsOf(file).find(({ name }) => name === "__TEXT");
      // In a load command, in code, in the payload, and in the last byte that is covered.
      const places = [
        40,
        (text?.size ?? 0) - 100,
        (section?.offset ?? 0) + 1_000_000,
        (facts.signature?.[0] ?? 0) - 1,
      ];
      for (const at of places) {
        const before = file[at] ?? 0;
        file[at] = before ^ 1;
        assertThrows(() => verifySignature(file), TypeError, "were changed");
        file[at] = before;
      }
    },
  });
}

const LIBKRUN = `${ROOT}.cache/parts/aarch64-darwin/libkrun`;

Deno.test({
  name: "libkrun for macOS exports every call of ours, needs what each Mac has, and fits its signature",
  ignore: !isFile(LIBKRUN),
  fn: () => {
    const file = Deno.readFileSync(LIBKRUN);
    const facts = machoFacts(file);
    assertEquals(Object.keys(symbols).filter((name) => !facts.exported.has(name)), []);
    assertMatch(facts.id ?? "", /libkrun\.1\.dylib$/);
    assertEquals(facts.minimum, "11.0");
    assertFromSystem(facts);
    assertTrue(facts.libraries.some((path) => path.includes("/Hypervisor.framework/")));
    // Apple silicon loads no library without one; who made it does not matter (disable-library-validation).
    assertTrue(verifySignature(file).adHoc);
  },
});

/** Every library is one of the system's, by its whole path. */
function assertFromSystem({ libraries }: MachoFacts): void {
  assertEquals(libraries.filter((path) => !/^\/(usr\/lib|System\/Library\/Frameworks)\//.test(path)), []);
  assertTrue(libraries.includes("/usr/lib/libSystem.B.dylib"));
}

/** The keys of a property list whose value is true. */
function granted(plist: string): string[] {
  return [...plist.matchAll(/<key>([^<]+)<\/key>\s*<true\s*\/>/g)].map(([, key = ""]) => key).sort();
}

function lastIndexOf(bytes: Uint8Array, wanted: Uint8Array): number {
  const from = Math.max(0, bytes.length - SEARCHED_BYTES);
  for (let at = bytes.length - wanted.length; at >= from; at--) {
    if (wanted.every((byte, index) => bytes[at + index] === byte)) return at;
  }
  return -1;
}

function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}
