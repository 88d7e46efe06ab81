import { assertEquals, assertRejects, assertThrows } from "../../tests/harness/assert.ts";
import "../../tests/harness/open_libc.ts";
import { elfHeader, TEST_MANIFEST, writePayload } from "../../tests/harness/payload_file.ts";
import { SmolvmError } from "../error.ts";
import { locatePayload, openPayload, refuseForeign } from "./payload.ts";

async function inFolder(test: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await test(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const bytes = new TextEncoder().encode("the storage templates");
const parts = [{ name: "storage.json", bytes }];

Deno.test("openPayload() reads parts behind a program's ELF", () =>
  inFolder(async (folder) => {
    const program = new Uint8Array(4096);
    program.set(elfHeader(program.length));
    writePayload(`${folder}/smolvm`, parts, program);
    const paths = { data: "", runtime: "", cache: `${folder}/cache` };
    const payload = openPayload(paths, [`${folder}/absent`, `${folder}/smolvm`]);
    assertEquals(await Deno.readFile(await payload.path("storage.json")), bytes);
    assertEquals(await payload.manifest(), TEST_MANIFEST);
  }));

Deno.test("openPayload() passes over a program that carries none", () =>
  inFolder(async (folder) => {
    await Deno.writeFile(`${folder}/program`, elfHeader(192));
    writePayload(`${folder}/payload`, parts);
    const found = locatePayload([`${folder}/program`, `${folder}/payload`]);
    assertEquals(found.file, `${folder}/payload`);
  }));

Deno.test("openPayload() says what to do when no file carries parts, and asks no file before that", () =>
  inFolder(async (folder) => {
    const payload = openPayload({ data: "", runtime: "", cache: folder }, [`${folder}/smolvm`]);
    const error = await assertRejects(() => payload.manifest(), SmolvmError, "SMOLVM_PAYLOAD");
    assertEquals([error.kind, error.subject], ["state", `${folder}/smolvm`]);
  }));

Deno.test("openPayload() says that an index is damaged", () =>
  inFolder(async (folder) => {
    writePayload(`${folder}/payload`, parts);
    const file = await Deno.readFile(`${folder}/payload`);
    file.fill(0x20, 24, 40);
    await Deno.writeFile(`${folder}/payload`, file);
    assertThrows(() => locatePayload([`${folder}/payload`]), SmolvmError, "the list of them is damaged");
  }));

Deno.test("refuseForeign() names both targets, for a payload of another processor or system", () =>
  inFolder((folder) => {
    writePayload(`${folder}/payload`, parts);
    const payload = locatePayload([`${folder}/payload`]);
    assertEquals(refuseForeign(payload), payload);
    assertThrows(
      () => refuseForeign(payload, "aarch64-darwin"),
      SmolvmError,
      "and this host is macOS on Apple silicon",
    );
    const { target: _, ...former } = payload.index.manifest;
    const old = { ...payload, index: { ...payload.index, manifest: former } };
    assertEquals(refuseForeign(old, "x86_64-linux"), old);
    assertThrows(
      () => refuseForeign(old, "aarch64-linux"),
      SmolvmError,
      "install the smolvm for aarch64-linux",
    );
    return Promise.resolve();
  }));

Deno.test("carries() tells the parts that are there from those that are not", () =>
  inFolder(async (folder) => {
    writePayload(`${folder}/payload`, parts);
    const payload = openPayload({ data: "", runtime: "", cache: folder }, [`${folder}/payload`]);
    assertEquals([await payload.carries("storage.json"), await payload.carries("virtiofsd")], [true, false]);
  }));
