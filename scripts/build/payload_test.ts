import { elfHeader, TEST_MANIFEST } from "../../tests/harness/payload_file.ts";
import { assertEquals } from "../../tests/harness/assert.ts";
import "../../tests/harness/open_libc.ts";
import { openPayload } from "../../src/payload/payload.ts";
import { packed, type Part, writeRuntime } from "./payload.ts";
import { runStep, WORK } from "./step.ts";

Deno.test("writeRuntime() appends parts that openPayload() gives back", async () => {
  const [before, folder] = [Deno.cwd(), await Deno.makeTempDir()];
  Deno.chdir(folder);
  try {
    await Deno.mkdir(WORK, { recursive: true });
    const contents = { "vmlinux": "a kernel".repeat(1000), "alpine.json": "{}" };
    const parts: Part[] = [{ name: "vmlinux", file: "kernel" }, { name: "alpine.json", file: "record" }];
    await Deno.writeTextFile("kernel", contents.vmlinux);
    await Deno.writeTextFile("record", contents["alpine.json"]);
    const program = new Uint8Array(1000);
    program.set(elfHeader(program.length));
    await Deno.writeFile("denort", program);
    for (const part of parts) await runStep(packed(part));
    writeRuntime("runtime", "denort", parts, TEST_MANIFEST);
    await Deno.writeTextFile("runtime", "the program's own data", { append: true });
    const payload = openPayload({ data: "", runtime: "", cache: "cache" }, ["runtime"]);
    assertEquals(await Deno.readTextFile(await payload.path("vmlinux")), contents.vmlinux);
    assertEquals(await Deno.readTextFile(await payload.path("alpine.json")), contents["alpine.json"]);
    assertEquals(await payload.manifest(), TEST_MANIFEST);
  } finally {
    Deno.chdir(before);
    await Deno.remove(folder, { recursive: true });
  }
});
