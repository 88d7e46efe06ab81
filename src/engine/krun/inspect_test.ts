import { assertEquals, assertThrows } from "../../../tests/harness/assert.ts";
import { compileC } from "../../../tests/harness/compile_c.ts";
import { SmolvmError } from "../../error.ts";
import { inspectLibrary, libraryVersion } from "./inspect.ts";
import { openLibrary } from "./library.ts";
import { symbols } from "./symbols.ts";

/** What libkrun 1.15 had not yet. */
const NEWER = [
  "krun_disable_implicit_vsock",
  "krun_add_virtio_console_multiport",
  "krun_add_console_port_inout",
];

/** Makes a library of all our calls but some, in a folder that is removed. */
async function withLibrary(lacking: readonly string[], body: (path: string) => void): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    const calls = Object.keys(symbols).filter((name) => !lacking.includes(name));
    await Deno.writeTextFile(
      `${folder}/krun.c`,
      calls.map((name) => `int ${name}(void) { return 0; }\n`).join(""),
    );
    await compileC(`${folder}/krun.c`, `${folder}/libkrun.so.1.15.1`, ["-shared", "-nostdlib"]);
    body(`${folder}/libkrun.so.1.15.1`);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("inspectLibrary() takes a library that has every call", async () => {
  await withLibrary([], (path) => {
    assertEquals(inspectLibrary(path), { usable: true, details: path });
    assertEquals(libraryVersion(path), "1.15.1");
    openLibrary(path).close();
  });
});

Deno.test("a libkrun like 1.15.1 is refused, with the calls that it lacks, and what they are for", async () => {
  await withLibrary(NEWER, (path) => {
    const reason = "this libkrun lacks krun_disable_implicit_vsock (turns libkrun's own network off), " +
      "krun_add_virtio_console_multiport (makes the link to the agent), " +
      "krun_add_console_port_inout (makes the link to the agent)";
    const remedy = "use libkrun 1.17 or later built with BLK=1 NET=1, or unset SMOLVM_LIBKRUN";
    assertEquals(inspectLibrary(path), { usable: false, reason, remedy });
    const error = assertThrows(() => openLibrary(path), SmolvmError, "cannot use libkrun");
    assertEquals([error.kind, error.subject, error.reason], ["engine", path, reason]);
  });
});

Deno.test("a libkrun built without disks is refused", async () => {
  await withLibrary(["krun_add_disk"], (path) => {
    assertThrows(() => openLibrary(path), SmolvmError, "lacks krun_add_disk (attaches disks)");
  });
});

Deno.test("a libkrun built without a network serves a VM that has none", async () => {
  await withLibrary(["krun_add_net_unixstream"], (path) => {
    openLibrary(path).close();
    assertEquals(inspectLibrary(path).usable, true);
    const found = inspectLibrary(path, { network: true });
    assertEquals(
      found.usable || found.reason,
      "this libkrun lacks krun_add_net_unixstream (gives a VM a network)",
    );
  });
});

Deno.test("a library that is none of libkrun is refused", async () => {
  await withLibrary(Object.keys(symbols), (path) => {
    assertThrows(() => openLibrary(path), SmolvmError, "krun_create_ctx");
  });
  assertThrows(() => openLibrary("/etc/passwd"), SmolvmError, "it does not load (");
});
