import { assertEquals } from "../../tests/harness/assert.ts";
import { installedFiles, isHomebrews } from "./installed.ts";

Deno.test("installedFiles() are those that are there and that an installer may have made", async () => {
  const data = await Deno.makeTempDir();
  try {
    assertEquals(installedFiles({ data }), []);
    for (const name of ["smolvm", "notes", "smolvm-microvm-run.1"]) {
      await Deno.writeTextFile(`${data}/${name}`, "");
    }
    const lines = ["smolvm", "smolvm", "notes", "_smolvm", "smolvm-microvm-run.1"].map((name) =>
      `${data}/${name}`
    );
    await Deno.writeTextFile(`${data}/installed`, ["smolvm", ...lines, ""].join("\n"));
    assertEquals(installedFiles({ data }), [`${data}/smolvm`, `${data}/smolvm-microvm-run.1`]);
  } finally {
    await Deno.remove(data, { recursive: true });
  }
});

Deno.test("isHomebrews() knows the cellar, wherever Homebrew is", () => {
  assertEquals(isHomebrews("/opt/homebrew/Cellar/smolvm/0.1.0/bin/smolvm"), true);
  assertEquals(isHomebrews("/home/linuxbrew/.linuxbrew/Cellar/smolvm/0.1.0/bin/smolvm"), true);
  assertEquals(isHomebrews("/home/ann/.local/bin/smolvm"), false);
});
