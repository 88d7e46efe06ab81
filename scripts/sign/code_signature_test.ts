import { createHash } from "node:crypto";
import { assertEquals, assertThrows } from "../../tests/harness/assert.ts";
import { machoFile } from "../../tests/harness/macho_file.ts";
import { verifySignature } from "./code_signature.ts";

const KEY = "com.apple.security.hypervisor";
const ENTITLEMENTS = `<plist><key>${KEY}</key><true/></plist>`;
const PAGE = 4096;

/** A blob: magic, length, content. */
function blob(magic: number, content: Uint8Array): Uint8Array {
  const made = new Uint8Array(8 + content.length);
  const view = new DataView(made.buffer);
  view.setUint32(0, magic);
  view.setUint32(4, made.length);
  made.set(content, 8);
  return made;
}

/** A Mach-O signed ad hoc, with entitlements, as codesign does. */
function signed(list = ENTITLEMENTS): Uint8Array<ArrayBuffer> {
  const file = machoFile();
  const limit = 16_384 + 128;
  const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest();
  const rights = blob(0xfade7171, new TextEncoder().encode(list));
  const der = blob(0xfade7172, new TextEncoder().encode(`\x0c\x1d${KEY}\x01\x01\xff`));
  const code = () =>
    Array.from(
      { length: Math.ceil(limit / PAGE) },
      (_, page) => sha256(file.subarray(page * PAGE, Math.min(limit, (page + 1) * PAGE))),
    );
  const directory = (pages: Uint8Array[]): Uint8Array => {
    const none = new Uint8Array(32);
    const special = [sha256(der), none, sha256(rights), none, none, none, none];
    const content = new Uint8Array(36 + 8 + 32 * (special.length + pages.length));
    const view = new DataView(content.buffer, 0);
    for (const [index, value] of [0x20001, 2, 44 + 8 + 32 * 7, 44, 7, pages.length, limit].entries()) {
      view.setUint32(4 * index, value);
    }
    content.set([32, 2, 0, 12], 28);
    content.set(new TextEncoder().encode("smolvm"), 36);
    for (const [index, hash] of [...special, ...pages].entries()) content.set(hash, 44 + 32 * index);
    return blob(0xfade0c02, content);
  };
  const pages = code().length;
  const first = directory(Array.from({ length: pages }, () => new Uint8Array(32)));
  const size = 36 + first.length + rights.length + der.length;
  const made = new Uint8Array(limit + size);
  const view = new DataView(file.buffer);
  view.setUint32(32 + 248 + 12, size, true); // datasize
  made.set(file.subarray(0, limit));
  const head = new DataView(made.buffer, limit);
  const [at, next] = [36 + first.length, 36 + first.length + rights.length];
  for (const [index, value] of [0xfade0cc0, size, 3, 0, 36, 5, at, 7, next].entries()) {
    head.setUint32(4 * index, value);
  }
  made.set(directory(code()), limit + 36);
  made.set(rights, limit + at);
  made.set(der, limit + next);
  return made;
}

Deno.test("verifySignature() says what a signature says", () => {
  assertEquals(verifySignature(signed()), {
    identifier: "smolvm",
    adHoc: true,
    hardened: false,
    entitlements: ENTITLEMENTS,
    inDer: true,
  });
  assertEquals(verifySignature(signed("<plist><key>other</key></plist>")).inDer, false);
});

Deno.test("verifySignature() finds a changed byte, wherever it is covered", () => {
  for (const at of [40, 8200, 16_384 + 127]) {
    const file = signed();
    file[at] = (file[at] ?? 0) ^ 1;
    assertThrows(() => verifySignature(file), TypeError, `bytes from ${Math.floor(at / PAGE) * PAGE} on`);
  }
  const rights = signed();
  rights[rights.length - 1] = 0;
  assertThrows(() => verifySignature(rights), TypeError, "its part 7 was changed");
});

Deno.test("verifySignature() refuses a file without one, and one that covers less than the file", () => {
  assertThrows(() => verifySignature(machoFile()), TypeError, "it is damaged");
  const short = signed();
  new DataView(short.buffer).setUint32(16_384 + 128 + 36 + 32, 16_384); // codeLimit
  assertThrows(() => verifySignature(short), TypeError, "does not cover");
});
