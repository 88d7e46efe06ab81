import { machoFile } from "../../tests/harness/macho_file.ts";
import { elfHeader, TEST_MANIFEST } from "../../tests/harness/payload_file.ts";
import { assertEquals } from "../../tests/harness/assert.ts";
import "../../tests/harness/open_libc.ts";
import { openPayload } from "../../src/payload/payload.ts";
import { packed, type Part, writeRuntime } from "./payload.ts";
import { runStep } from "./step.ts";

Deno.test("writeRuntime() carries parts that openPayload() gives back, in an ELF and in a Mach-O", async () => {
  const folder = await Deno.makeTempDir();
  // Whole paths: the folder a process works in is the same for all tests, which run side by side.
  const at = (name: string): string => `${folder}/${name}`;
  const work = at("work");
  try {
    const contents = { "vmlinux": "a kernel".repeat(1000), "alpine.json": "{}" };
    const parts: Part[] = [
      { name: "vmlinux", file: at("kernel") },
      { name: "alpine.json", file: at("record") },
    ];
    await Deno.writeTextFile(at("kernel"), contents.vmlinux);
    await Deno.writeTextFile(at("record"), contents["alpine.json"]);
    const program = new Uint8Array(1000);
    program.set(elfHeader(program.length));
    await Deno.writeFile(at("denort"), program);
    for (const part of parts) await runStep(packed(part, work), work);
    writeRuntime(at("runtime"), at("denort"), { parts, manifest: TEST_MANIFEST, work, system: "linux" });
    await Deno.writeTextFile(at("runtime"), "the program's own data", { append: true });
    const payload = openPayload({ data: "", runtime: "", cache: at("cache") }, [at("runtime")]);
    assertEquals(await Deno.readTextFile(await payload.path("vmlinux")), contents.vmlinux);
    assertEquals(await Deno.readTextFile(await payload.path("alpine.json")), contents["alpine.json"]);
    assertEquals(await payload.manifest(), TEST_MANIFEST);

    await Deno.writeFile(at("denort"), machoFile());
    writeRuntime(at("runtime"), at("denort"), { parts, manifest: TEST_MANIFEST, work, system: "darwin" });
    const inMacho = openPayload({ data: "", runtime: "", cache: at("other") }, [at("runtime")]);
    assertEquals(await Deno.readTextFile(await inMacho.path("vmlinux")), contents.vmlinux);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
